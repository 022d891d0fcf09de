import datetime as dt
from dataclasses import replace

import pytest

from patents.policy.terms import (
    TermFacts,
    fee_due_on,
    grace_ends_on,
    last_day_of_protection,
    next_unpaid_year,
    status_on,
)
from portal.dates import add_months

FILED = dt.date(2017, 7, 21)
PAID_TO_9 = TermFacts("invention", "valid", FILED, dt.date(2019, 5, 1), 9)


@pytest.mark.parametrize(
    ("kind", "filed_on", "last_day"),
    [
        ("invention", dt.date(2017, 7, 21), dt.date(2037, 7, 20)),
        ("utility_model", dt.date(2017, 7, 21), dt.date(2027, 7, 20)),
        ("design", dt.date(2021, 5, 31), dt.date(2031, 5, 30)),
        ("design", dt.date(2021, 6, 1), dt.date(2036, 5, 31)),
        ("utility_model", dt.date(2020, 2, 29), dt.date(2030, 2, 27)),
    ],
)
def test_protection_ends_the_day_before_the_anniversary(kind, filed_on, last_day):
    assert last_day_of_protection(kind, filed_on) == last_day


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 15), 12, dt.date(2027, 12, 15)),
        (dt.date(2026, 11, 30), 3, dt.date(2027, 2, 28)),
        (dt.date(2026, 11, 1), 1, dt.date(2026, 12, 1)),
        (dt.date(2026, 12, 31), 0, dt.date(2026, 12, 31)),
    ],
)
def test_months_are_added_by_the_calendar(day, months, later):
    assert add_months(day, months) == later


def test_a_fee_falls_due_on_the_anniversary_and_has_six_months_of_grace():
    assert fee_due_on(FILED, 10) == dt.date(2026, 7, 21)
    assert grace_ends_on(FILED, 10) == dt.date(2027, 1, 21)
    assert grace_ends_on(dt.date(2017, 8, 31), 10) == dt.date(2027, 2, 28)


@pytest.mark.parametrize(
    ("change", "day", "status"),
    [
        ({}, dt.date(2026, 7, 21), "valid"),
        ({}, dt.date(2026, 7, 22), "valid_fee_grace"),
        ({}, dt.date(2027, 6, 1), "valid_fee_grace"),  # lapse needs the office's CF01
        ({"fees_paid_through": None}, dt.date(2026, 7, 22), "valid"),
        ({"fees_paid_through": None, "status": "valid_fee_grace"}, dt.date(2026, 7, 22), "valid_fee_grace"),
        ({"status": "valid_fee_grace", "fees_paid_through": 10}, dt.date(2026, 7, 22), "valid"),
        ({"fees_paid_through": 20}, dt.date(2037, 7, 20), "valid"),
        ({"fees_paid_through": 20}, dt.date(2037, 7, 21), "expired"),
        ({"fees_paid_through": None}, dt.date(2037, 7, 21), "expired"),
        ({"filed_on": None}, dt.date(2050, 1, 1), "valid"),
        ({"status": "lapsed_unpaid"}, dt.date(2050, 1, 1), "lapsed_unpaid"),
        ({"status": "in_examination"}, dt.date(2050, 1, 1), "in_examination"),
        ({"status": "unknown"}, dt.date(2050, 1, 1), "unknown"),
    ],
)
def test_dates_move_a_stated_status_on(change, day, status):
    assert status_on(replace(PAID_TO_9, **change), day) == status


@pytest.mark.parametrize(("paid", "following"), [(None, None), (0, 1), (9, 10), (19, 20), (20, None)])
def test_the_next_fee_is_that_of_the_year_after_the_last_paid(paid, following):
    assert next_unpaid_year(replace(PAID_TO_9, fees_paid_through=paid)) == following
