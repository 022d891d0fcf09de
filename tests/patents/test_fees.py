import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patents.loading import RULES
from patents.policy.fees import (
    FeeFacts,
    calendar,
    fee_after_cut,
    full_fee,
    months_late,
    next_fee,
    read_fee_rule,
    surcharge,
    year_of,
)
from portal.dates import add_months
from portal.errors import Invalid

SHIPPED = json.loads((RULES / "annual_fee.json").read_text(encoding="utf-8"))[0]
RULE = read_fee_rule(SHIPPED["code"], SHIPPED["parameters"])
FILED = dt.date(2017, 7, 21)
INVENTION = FeeFacts("invention", FILED, dt.date(2019, 5, 1), 9, "none", has_open_licence=False)


@pytest.mark.parametrize(
    ("kind", "amounts"),
    [
        ("invention", {1: 900, 3: 900, 4: 1200, 6: 1200, 7: 2000, 9: 2000, 10: 4000, 12: 4000, 13: 6000, 15: 6000,
                       16: 8000, 20: 8000}),
        ("utility_model", {1: 600, 3: 600, 4: 900, 5: 900, 6: 1200, 8: 1200, 9: 2000, 10: 2000}),
        ("design", {1: 600, 3: 600, 4: 900, 5: 900, 6: 1200, 8: 1200, 9: 2000, 10: 2000, 11: 3000, 15: 3000}),
    ],
)  # fmt: skip
def test_the_table_of_fees(kind, amounts):
    assert {year: full_fee(RULE, kind, year) for year in amounts} == amounts


@pytest.mark.parametrize(("kind", "year"), [("invention", 0), ("invention", 21), ("utility_model", 11), ("design", 16)])
def test_a_year_outside_the_table_is_refused(kind, year):
    with pytest.raises(Invalid):
        full_fee(RULE, kind, year)


@pytest.mark.parametrize(
    ("change", "year", "expected"),
    [
        ({}, 10, ("4000.00", "")),
        ({"reduction": "single"}, 10, ("600.00", "减缴 85%")),
        ({"reduction": "joint"}, 10, ("1200.00", "减缴 70%")),
        ({"has_open_licence": True}, 10, ("3400.00", "开放许可减免 15%")),
        # Never added up: the more favourable one alone.
        ({"reduction": "joint", "has_open_licence": True}, 10, ("1200.00", "减缴 70%")),
        # Granted 2019-05-01: the fee of year 12 falls due 2028-07-21, that of year 13 after ten years from grant.
        ({"reduction": "single"}, 12, ("600.00", "减缴 85%")),
        ({"reduction": "single"}, 13, ("6000.00", "")),
        ({"reduction": "single", "has_open_licence": True}, 13, ("5100.00", "开放许可减免 15%")),
        ({"reduction": "single", "granted_on": None}, 10, ("4000.00", "")),
    ],
)
def test_the_most_favourable_cut_applies_alone(change, year, expected):
    amount, cut = fee_after_cut(RULE, replace(INVENTION, **change), year)

    assert (str(amount), cut) == expected


@pytest.mark.parametrize(
    ("paid_on", "months", "free", "charged"),
    [
        (dt.date(2026, 7, 21), 0, "0.00", "0.00"),
        (dt.date(2026, 7, 22), 1, "0.00", "200.00"),
        (dt.date(2026, 8, 21), 1, "0.00", "200.00"),
        (dt.date(2026, 8, 22), 2, "200.00", "400.00"),
        (dt.date(2026, 9, 21), 2, "200.00", "400.00"),
        (dt.date(2026, 12, 22), 6, "1000.00", "1200.00"),
        (dt.date(2027, 1, 21), 6, "1000.00", "1200.00"),
    ],
)
def test_each_month_over_adds_five_per_cent_of_the_full_fee(paid_on, months, free, charged):
    due, full = dt.date(2026, 7, 21), Decimal("4000.00")

    assert months_late(due, paid_on) == months
    assert str(surcharge(RULE, full, due, paid_on)) == free
    assert str(surcharge(replace(RULE, is_first_month_free=False), full, due, paid_on)) == charged


def test_after_six_months_no_payment_is_taken():
    with pytest.raises(Invalid, match="2027-01-21"):
        surcharge(RULE, Decimal("4000.00"), dt.date(2026, 7, 21), dt.date(2027, 1, 22))


@pytest.mark.parametrize(
    ("day", "year"),
    [(FILED, 1), (dt.date(2018, 7, 20), 1), (dt.date(2018, 7, 21), 2), (dt.date(2019, 5, 1), 2), (dt.date(2026, 7, 21), 10)],
)  # fmt: skip
def test_patent_years_begin_on_the_filing_day(day, year):
    assert year_of(FILED, day) == year


def test_the_calendar_runs_from_the_year_of_grant_to_the_end_of_the_term():
    years = calendar(RULE, INVENTION)

    assert [row.year for row in years] == list(range(2, 21))
    assert (years[8].year, years[8].due_on, years[8].grace_ends_on, years[8].amount, years[8].is_paid) == (
        10, dt.date(2026, 7, 21), dt.date(2027, 1, 21), Decimal("4000.00"), False,
    )  # fmt: skip
    assert years[7].is_paid is True


@pytest.mark.parametrize(
    ("paid_through", "today", "year"),
    [
        (9, dt.date(2026, 6, 1), 10),
        (9, dt.date(2026, 9, 1), 10),  # late: still the next to pay
        (10, dt.date(2026, 9, 1), 11),
        (None, dt.date(2026, 7, 21), 10),
        (None, dt.date(2026, 7, 22), 11),
        (20, dt.date(2037, 1, 1), None),
    ],
)
def test_the_next_fee(paid_through, today, year):
    found = next_fee(calendar(RULE, replace(INVENTION, paid_through=paid_through)), today)

    assert (found.year if found else None) == year


_DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2040, 1, 1))


@given(due=_DAYS, late=st.integers(0, 180))
def test_being_later_never_costs_less_and_never_over_six_steps(due, late):
    paid_on = min(due + dt.timedelta(days=late), add_months(due, 6))
    added = surcharge(RULE, Decimal("4000.00"), due, paid_on)

    assert added <= surcharge(RULE, Decimal("4000.00"), due, add_months(due, 6)) == Decimal("1000.00")
    assert added % Decimal(200) == 0


@given(
    filed=_DAYS, wait=st.integers(0, 3000), year=st.integers(1, 10), kind=st.sampled_from(["invention", "design"]),
    reduction=st.sampled_from(["none", "single", "joint"]), has_open_licence=st.booleans(),
)  # fmt: skip
def test_a_cut_never_raises_a_fee_nor_takes_more_than_the_largest(filed, wait, year, kind, reduction, has_open_licence):
    facts = FeeFacts(kind, filed, filed + dt.timedelta(days=wait), None, reduction, has_open_licence)
    full = full_fee(RULE, kind, year)

    amount, cut = fee_after_cut(RULE, facts, year)

    assert full * Decimal("0.15") <= amount <= full
    assert (amount == full) == (cut == "")
