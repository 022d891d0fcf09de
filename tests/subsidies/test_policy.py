"""Arithmetic beside the formulas: cutting pro rata, look-alikes."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subsidies.policy.likeness import Likeness, Object, likeness, loan_key
from subsidies.policy.prorata import pro_rata

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
