import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance.policy.ledger import (
    Accrual,
    Entry,
    Stretch,
    accrual,
    balance_at,
    interest_paid,
    interest_periods,
    standing,
    stretches,
    trouble,
)

START = dt.date(2024, 1, 1)
DUE = dt.date(2025, 1, 1)
LIMIT = Decimal("1000000.00")


def day(number):
    return START + dt.timedelta(days=number)


def entry(place, kind, number, principal="0.00", **more):
    return Entry(place, kind, day(number), Decimal(principal), **more)


def draw(place=1, number=0, principal="1000000.00", rate="0.036"):
    return entry(place, "draw", number, principal, rate=Decimal(rate))


# --- worked examples: interest actual/360, first day in, last day out


@pytest.mark.parametrize(
    ("entries", "first", "end", "expected"),
    [
        # 1,000,000 at 3.6 % is 100 yuan a day
        ([draw()], 0, 30, Accrual(30, Decimal("3000.00"), 0, Decimal("0.00"))),
        # A leap year has 366 days of 1/360.
        ([draw()], 0, 366, Accrual(366, Decimal("36600.00"), 0, Decimal("0.00"))),
        # Repaid on day 10: that day bears no interest on what was repaid.
        (
            [draw(), entry(2, "repayment", 10, "400000.00")],
            0,
            20,
            Accrual(20, Decimal("1600.00"), 0, Decimal("0.00")),
        ),
        # A second drawing bears interest from its own day on.
        (
            [draw(principal="500000.00"), entry(2, "draw", 5, "500000.00")],
            0,
            10,
            Accrual(10, Decimal("750.00"), 0, Decimal("0.00")),
        ),
        # The rate falls on day 15.
        (
            [draw(), entry(2, "rate", 15, rate=Decimal("0.018"))],
            0,
            30,
            Accrual(30, Decimal("2250.00"), 0, Decimal("0.00")),
        ),
        # Overdue from day 10, cured on day 12: two days apart.
        (
            [draw(), entry(2, "overdue", 10, "1000000.00"), entry(3, "cured", 12)],
            0,
            30,
            Accrual(28, Decimal("2800.00"), 2, Decimal("200.00")),
        ),
        # Past the due day every day is default.
        ([draw()], 360, 370, Accrual(6, Decimal("600.00"), 4, Decimal("400.00"))),
        # Rounded once, half up: 0.01 * 100 / 360 would be lost if rounded by the day.
        (
            [draw(principal="100.00", rate="0.05")],
            0,
            45,
            Accrual(45, Decimal("0.63"), 0, Decimal("0.00")),
        ),
    ],
)
def test_interest_of_a_period(entries, first, end, expected):
    cut = stretches(entries, until=day(end), due_on=DUE)

    assert accrual(cut, day(first), day(end)) == expected


def test_stretches_change_with_principal_rate_and_standing():
    entries = [
        draw(),
        entry(2, "repayment", 10, "400000.00"),
        entry(3, "rate", 20, rate=Decimal("0.03")),
        entry(4, "overdue", 30, "1.00"),
        entry(5, "interest", 25),
    ]

    assert stretches(entries, until=day(40), due_on=DUE) == [
        Stretch(day(0), day(10), Decimal("1000000.00"), Decimal("0.036"), False),
        Stretch(day(10), day(20), Decimal("600000.00"), Decimal("0.036"), False),
        Stretch(day(20), day(30), Decimal("600000.00"), Decimal("0.03"), False),
        Stretch(day(30), day(40), Decimal("600000.00"), Decimal("0.03"), True),
    ]


@pytest.mark.parametrize(
    ("settlement", "expected"),
    [
        ("maturity", ["2024-01-10", "2024-07-01"]),
        ("quarter", ["2024-01-10", "2024-03-21", "2024-06-21", "2024-07-01"]),
        ("month", ["2024-01-10", *(f"2024-0{m}-21" for m in range(1, 7)), "2024-07-01"]),
    ],
)
def test_interest_periods_end_with_the_settlement_day(settlement, expected):
    edges = [dt.date.fromisoformat(text) for text in expected]

    found = interest_periods(edges[0], edges[-1], settlement=settlement, settlement_day=20)

    assert found == list(pairwise(edges))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([draw()], ""),
        ([draw(), entry(2, "repayment", 0, "1000000.00")], ""),
        # In whatever order the two were recorded, a drawing of the day comes before a repayment of it.
        ([draw(2), entry(1, "repayment", 0, "1000000.00")], ""),
        (
            [draw(), entry(2, "repayment", 9, "1000000.01")],
            "2024-01-10 还款 1000000.01 元，超过当日本金余额 1000000.00 元",
        ),
        # Enough in all, not on that day.
        (
            [draw(principal="1.00"), entry(2, "draw", 9, "5.00"), entry(3, "repayment", 8, "2.00")],
            "2024-01-09 还款 2.00 元，超过当日本金余额 1.00 元",
        ),
        ([draw(), entry(2, "draw", 3, "0.01")], "2024-01-04 累计提款 1000000.01 元，超过合同本金 1000000.00 元"),
        # Repaid money cannot be drawn again.
        (
            [draw(), entry(2, "repayment", 1, "5.00"), entry(3, "draw", 2, "5.00")],
            "2024-01-03 累计提款 1000005.00 元，超过合同本金 1000000.00 元",
        ),
        ([draw(), entry(2, "cured", 3)], "2024-01-04 之前没有逾期，不能解除逾期"),
        (
            [draw(principal="7.00"), entry(2, "bad_debt", 3, "7.01")],
            "2024-01-04 逾期或者损失本金 7.01 元，超过当日本金余额 7.00 元",
        ),
        # Reversed lines do not count.
        ([draw(), entry(2, "repayment", 9, "1000000.01"), entry(3, "reversal", 9, reverses=2)], ""),
    ],
)
def test_trouble_says_what_cannot_be(entries, expected):
    assert trouble(entries, limit=LIMIT) == expected


# --- properties: any events in any order add up to the fen

money = st.decimals(min_value="0.01", max_value="99999.99", places=2)
rates = st.decimals(min_value="0", max_value="0.24", places=6)


@st.composite
def ledgers(draw_value):
    """A first drawing and whatever may follow it, in the order of recording, not of days."""
    entries = [Entry(1, "draw", START, draw_value(money), rate=draw_value(rates))]
    for place in range(2, 2 + draw_value(st.integers(0, 10))):
        kind = draw_value(st.sampled_from(["draw", "repayment", "rate", "interest", "overdue", "reversal"]))
        number = draw_value(st.integers(0, 400))
        if kind == "reversal":
            reversed_ids = {row.reverses for row in entries}
            free = [row.id for row in entries[1:] if row.kind != "reversal" and row.id not in reversed_ids]
            candidate = Entry(place, kind, day(number), reverses=draw_value(st.sampled_from(free))) if free else None
        elif kind == "rate":
            candidate = Entry(place, kind, day(number), rate=draw_value(rates))
        elif kind == "interest":
            candidate = Entry(place, kind, day(number), interest=draw_value(money))
        else:
            candidate = Entry(place, kind, day(number), draw_value(money))
        if candidate and not trouble([*entries, candidate], limit=Decimal("999999.99")):
            entries.append(candidate)
    return entries


@given(ledgers(), st.integers(0, 420))
def test_drawn_is_repaid_and_owed_on_every_day(entries, number):
    drawn = sum(row.principal for row in standing(entries) if row.kind == "draw" and row.on <= day(number))
    repaid = sum(row.principal for row in standing(entries) if row.kind == "repayment" and row.on <= day(number))

    balance = balance_at(entries, day(number))

    assert balance == drawn - repaid
    assert balance >= 0


@given(ledgers(), st.randoms(use_true_random=False), st.integers(1, 420))
def test_the_order_of_recording_changes_no_balance(entries, chance, number):
    shuffled = list(entries)
    chance.shuffle(shuffled)

    assert balance_at(shuffled, day(number)) == balance_at(entries, day(number))
    assert interest_paid(shuffled) == interest_paid(entries)
    assert stretches(shuffled, until=day(number), due_on=DUE) == stretches(entries, until=day(number), due_on=DUE)


@given(ledgers(), st.integers(1, 420))
def test_interest_is_the_sum_over_single_days_rounded_once(entries, number):
    cut = stretches(entries, until=day(number), due_on=DUE)
    exact = {False: Fraction(0), True: Fraction(0)}
    for offset in range(number):
        (stretch,) = [one for one in cut if one.first <= day(offset) < one.end]
        assert stretch.principal == balance_at(entries, day(offset))
        exact[stretch.in_default] += Fraction(stretch.principal) * Fraction(stretch.rate) / 360

    found = accrual(cut, START, day(number))

    assert (found.interest, found.default_interest) == (half_up(exact[False]), half_up(exact[True]))
    assert sum(one.days for one in cut) == number


def half_up(exact):
    """To the fen, without a decimal's limited digits in between."""
    return Decimal(int(exact * 100 + Fraction(1, 2))).scaleb(-2).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@given(ledgers(), st.integers(2, 420), st.data())
def test_periods_without_gap_add_up_within_a_fen_each(entries, number, data):
    cut = stretches(entries, until=day(number), due_on=DUE)
    middle = data.draw(st.integers(1, number - 1))

    whole = accrual(cut, START, day(number))
    parts = [accrual(cut, START, day(middle)), accrual(cut, day(middle), day(number))]

    assert sum(part.days for part in parts) == whole.days
    assert sum(part.default_days for part in parts) == whole.default_days
    assert abs(sum(part.interest for part in parts) - whole.interest) <= Decimal("0.01")


@given(ledgers(), money, st.integers(0, 400), st.integers(0, 420))
def test_a_reversal_leaves_the_ledger_as_it_was_before(entries, amount, number, later):
    mistake = Entry(98, "repayment", day(number), amount, interest=amount)
    mended = [*entries, mistake, Entry(99, "reversal", day(number), reverses=98)]

    assert standing(mended) == standing(entries)
    assert balance_at(mended, day(later)) == balance_at(entries, day(later))
