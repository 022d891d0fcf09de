"""Arithmetic beside the formulas: cutting pro rata, look-alikes."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subsidies.policy.fact_labels import FactRow, fact_rows
from subsidies.policy.likeness import Likeness, Object, likeness, loan_key
from subsidies.policy.prorata import pro_rata
from tests.factories.subsidies import INTEREST_FACTS

fen = st.integers(min_value=1, max_value=10_000_000_00).map(lambda amount: Decimal(amount) / 100)


def amounts(*texts):
    return [Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("asked", "left", "shares"),
    [
        (("100.00", "200.00"), "300.00", ("100.00", "200.00")),
        (("100.00", "200.00"), "1000.00", ("100.00", "200.00")),
        (("100.00", "200.00"), "150.00", ("50.00", "100.00")),
        (("1.00", "1.00", "1.00"), "1.00", ("0.34", "0.33", "0.33")),
        (("1.00", "1.00", "1.00"), "2.00", ("0.67", "0.67", "0.66")),
        (("0.01", "0.01"), "0.01", ("0.01", "0.00")),
        (("500000.00", "0.01"), "400000.00", ("399999.99", "0.01")),
        ((), "10.00", ()),
    ],
)
def test_pro_rata(asked, left, shares):
    assert pro_rata(amounts(*asked), Decimal(left)) == amounts(*shares)


@settings(max_examples=150, deadline=None)
@given(asked=st.lists(fen, min_size=1, max_size=30), left=fen)
def test_pro_rata_spends_what_is_left_to_the_fen_and_gives_nobody_more_than_asked(asked, left):
    shares = pro_rata(asked, left)

    assert sum(shares) == min(sum(asked), left)
    assert all(0 <= share <= amount for share, amount in zip(shares, asked, strict=True))
    # Each share is within a fen of the exact one.
    ratio = min(left / sum(asked), Decimal(1))
    assert all(abs(share - amount * ratio) <= Decimal("0.01") for share, amount in zip(shares, asked, strict=True))


CLAIM = Object("91370200163562681G", "HT2024001", Decimal("5000000.00"), ["201710601862"])


@pytest.mark.parametrize(
    ("payment", "found"),
    [
        (Object(CLAIM.uscc, "HT2024001", None, []), Likeness(is_exact=True, words="贷款合同号一致")),
        (Object(CLAIM.uscc, "HT2024002", None, []), Likeness(is_exact=False, words="贷款合同号相近")),
        (Object(CLAIM.uscc, "YH99887766", Decimal("5000000.00"), []), Likeness(is_exact=False, words="贷款本金相同")),
        (Object(CLAIM.uscc, "", None, ["201710601862"]), Likeness(is_exact=False, words="质押专利相同")),
        (
            Object(CLAIM.uscc, "HT2024003", Decimal("5000000.00"), ["201710601862"]),
            Likeness(is_exact=False, words="贷款合同号相近、贷款本金相同、质押专利相同"),
        ),
        (Object(CLAIM.uscc, "YH99887766", Decimal("1.00"), []), None),
        (Object("91110000600037341L", "HT2024001", Decimal("5000000.00"), ["201710601862"]), None),
    ],
)
def test_likeness(payment, found):
    assert likeness(CLAIM, payment) == found


def test_the_same_patent_without_a_loan_is_the_same():
    award = Object(CLAIM.uscc, "", None, ["201710601862"])

    assert likeness(award, award) == Likeness(is_exact=True, words="专利号一致")


def test_a_contract_number_is_the_same_however_it_is_written():
    assert {loan_key(text) for text in ("HT-2024-001", "ht 2024 001", "ＨＴ２０２４－００１", "HT/2024/001")} == {
        "HT2024001"
    }


def test_every_fact_of_a_loan_is_told_with_who_supplied_it():
    rows = fact_rows(
        INTEREST_FACTS | {"other_interest_subsidies": [{"payer": "市", "amount": "1.00", "paid_on": "2025-10-08"}]}
    )

    assert [row.label for row in rows] == [
        "统一社会信用代码", "企业规模", "所在地代码", "独立法人", "合同签订日", "放款日", "质权登记日", "贷款本金（元）", "年利率",
        "专利质押占比", "质押专利归企业所有", "至少一件专利首次质押", "按约还本付息", "已付利息（元）", "本金余额", "申报年度",
        "本年度已占用限额（元）", "其他财政贴息",
    ]  # fmt: skip
    assert rows[1] == FactRow("企业规模", "小型", "企业")
    assert rows[14] == FactRow("本金余额", "2024-06-20 至 2025-06-20：5000000.00 元", "贷款银行")


def test_facts_of_an_award_are_told_in_words():
    facts = {"rule": "X", "award": {"grade": "gold", "won_at_another_level": True, "double_award": "paid"}}

    assert [(row.label, row.value) for row in fact_rows(facts)] == [
        ("获奖等级", "金奖"), ("同一专利另获其他层级奖", "是"), ("重复获奖决定", "予以奖励"),
    ]  # fmt: skip
