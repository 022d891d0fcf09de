"""Fees, blocking conditions and warnings of open licences, by tables of worked examples."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patents.policy.licences import (
    Ceilings,
    FeeTerms,
    RightFacts,
    YearForecast,
    blocks,
    ceiling_warnings,
    due_at_acceptance,
    fee_table,
    parts_of,
    reminders_due,
    wording_warnings,
)
from portal.policy.results import Line, Refusal
from tests.factories.licences import ROYALTY, TWO_TIER

D = Decimal
ONE_OFF = FeeTerms(kind="one_off", fixed_amount=D("200000.00"))
THIRDS = FeeTerms(kind="instalments", fixed_amount=D("100000.00"), instalment_count=3, settlement="half_year")
CEILINGS = Ceilings(D("20000000.00"), D("0.20"), D("0.40"), "上限")


def sales(*amounts):
    return [YearForecast(D(amount), D(0)) for amount in amounts]


def profits(*amounts):
    return [YearForecast(D(0), D(amount)) for amount in amounts]


@pytest.mark.parametrize(
    ("terms", "forecasts", "due", "later"),
    [
        (ONE_OFF, sales("1000000", "1000000"), ["200000.00", "0.00"], "0.00"),
        # Six months apart: two parts in the first year, the third, with the fen that rounding left, in the second.
        (THIRDS, sales("0", "0"), ["66666.66", "33333.34"], "0.00"),
        (THIRDS, sales("0"), ["66666.66"], "33333.34"),
        (ROYALTY, profits("1000000", "-500000", "333333.33"), ["50000.00", "0.00", "16666.67"], "0.00"),
        # Entry 50,000 + 3 % of 4,000,000; then the cap of 300,000 leaves 130,000 of 3 % of 5,000,000; then nothing.
        (TWO_TIER, sales("4000000", "5000000", "5000000"), ["170000.00", "130000.00", "0.00"], "0.00"),
        # 3 % of 100,000 is 3,000: topped up to the minimum of 10,000.
        (TWO_TIER, sales("100000"), ["60000.00"], "0.00"),
    ],
)
def test_fees_year_by_year(terms, forecasts, due, later):
    table = fee_table(terms, forecasts)

    assert [year.due_amount for year in table.years] == [D(amount) for amount in due]
    assert (table.total_amount, table.later_amount) == (sum(map(D, due)), D(later))


def test_a_year_explains_itself():
    [first, second] = fee_table(TWO_TIER, sales("100000", "9000000")).years

    assert first.lines == (
        Line("固定费用", "本年到期的固定费用 50,000.00 元", "50,000.00"),
        Line("提成", "净销售额 100,000.00 元 × 3.00%", "3,000.00"),
        Line("年最低", "不足年最低使用费 10,000.00 元，补足", "7,000.00"),
    )
    assert first.payments == (D("5000.00"), D("5000.00"))
    assert second.lines[-1] == Line(
        "累计上限", "累计付费上限 300,000.00 元，已付 60,000.00 元，超出部分不付", "-30,000.00"
    )
    assert (second.royalty_amount, second.cut_amount, second.due_amount) == (
        D("270000.00"), D("30000.00"), D("240000.00"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "due"), [(ONE_OFF, "200000.00"), (THIRDS, "33333.33"), (ROYALTY, "0.00"), (TWO_TIER, "50000.00")]
)
def test_due_at_acceptance(terms, due):
    assert due_at_acceptance(terms) == D(due)


@given(st.decimals("0.01", "99999999.99", places=2), st.integers(1, 60))
def test_parts_always_sum_and_none_is_negative(amount, count):
    parts = parts_of(amount, count)

    assert (sum(parts), len(parts), min(parts) >= 0) == (amount, count, True)


@given(st.lists(st.decimals("0", "99999999.99", places=2), min_size=1, max_size=10))
def test_fees_never_pass_the_cap_and_add_up(amounts):
    table = fee_table(TWO_TIER, [YearForecast(amount, D(0)) for amount in amounts])

    assert table.total_amount == sum(year.due_amount for year in table.years)
    assert table.total_amount <= TWO_TIER.cap_total_amount
    assert all(sum(year.payments) == year.due_amount - year.fixed_amount for year in table.years)


def right(**changes):
    values = {"legal_status": "valid", "overlays": frozenset(), "has_pledgee_consent": False, "obstacle": ""}
    return RightFacts(**values | changes)


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (right(), []),
        (right(legal_status="unknown"), ["not_granted"]),
        (right(legal_status="published"), ["not_granted"]),
        (right(legal_status="valid_fee_grace"), ["fee_unpaid"]),
        (right(legal_status="lapsed_unpaid"), ["right_ended"]),
        (right(overlays=frozenset({"licensed_exclusive"})), ["exclusive_licence"]),
        (right(overlays=frozenset({"licensed_sole"})), ["exclusive_licence"]),
        (right(overlays=frozenset({"licensed_ordinary", "open_licence"})), []),
        (right(overlays=frozenset({"frozen"})), ["procedure_suspended"]),
        (right(overlays=frozenset({"ownership_dispute"})), ["procedure_suspended"]),
        (right(overlays=frozenset({"pledged"})), ["pledgee_consent"]),
        (right(overlays=frozenset({"pledged"}), has_pledgee_consent=True), []),
        (right(obstacle="专利无效宣告请求审理中"), ["other"]),
        (
            right(legal_status="expired", overlays=frozenset({"frozen", "pledged"}), obstacle="其他"),
            ["right_ended", "procedure_suspended", "pledgee_consent", "other"],
        ),
    ],
)
def test_what_stands_against_an_open_licence(facts, codes):
    assert [refusal.code for refusal in blocks(facts)] == codes


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        (FeeTerms("one_off", D("20000000.00")), []),
        (FeeTerms("one_off", D("20000000.01")), ["fixed_ceiling"]),
        (FeeTerms("royalty", royalty_rate=D("0.20"), royalty_base="net_sales"), []),
        (FeeTerms("royalty", royalty_rate=D("0.2001"), royalty_base="net_sales"), ["rate_ceiling"]),
        (FeeTerms("royalty", royalty_rate=D("0.40"), royalty_base="profit"), []),
        (FeeTerms("royalty", royalty_rate=D("0.41"), royalty_base="profit"), ["rate_ceiling"]),
        (FeeTerms("two_tier", D(30_000_000), None, D("0.5"), "net_sales"), ["fixed_ceiling", "rate_ceiling"]),
    ],
)
def test_soft_ceilings(terms, codes):
    assert [warning.code for warning in ceiling_warnings(terms, CEILINGS)] == codes


def test_advertising_words_are_named_with_their_field():
    found = wording_warnings({"其他事项": "国内领先，欢迎选购", "支付方式": "转账"}, ["国内领先", "最好"], "第八十五条")

    assert found == [Refusal("advertising_word", "第八十五条", "“其他事项”中的“国内领先”可能是商业性宣传用语")]


@pytest.mark.parametrize(("days_left", "count"), [(31, 0), (30, 1), (8, 1), (7, 2), (1, 2), (0, 3), (-40, 3)])
def test_reminders_due(days_left, count):
    assert reminders_due(days_left=days_left, reminder_days=[30, 7, 0]) == count
