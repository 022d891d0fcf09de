import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.working_days import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarUnknown,
    add_working_days,
    is_working_day,
    working_days_between,
)

D = dt.date


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (D(2024, 6, 12), True),  # an ordinary Wednesday
        (D(2024, 6, 15), False),  # an ordinary Saturday
        (D(2024, 2, 12), False),  # Spring Festival
        (D(2024, 2, 4), True),  # the Sunday worked before it
        (D(2024, 10, 4), False),  # National Day
        (D(2024, 10, 12), True),  # the Saturday worked after it
    ],
)
def test_working_day_by_the_announced_calendar(day, expected):
    assert is_working_day(day) is expected


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (D(2024, 6, 14), 1, D(2024, 6, 17)),  # Friday to Monday
        (D(2024, 6, 12), 0, D(2024, 6, 12)),
        (D(2024, 9, 30), 3, D(2024, 10, 10)),  # over National Day
        (D(2024, 2, 2), 10, D(2024, 2, 21)),  # over the Spring Festival: the Sundays 4 and 18 February are worked
        (D(2024, 12, 31), 2, D(2025, 1, 3)),  # over New Year
    ],
)
def test_period_ends_on_the_day_counted_by_hand(start, count, end):
    assert add_working_days(start, count) == end
    assert working_days_between(start, end) == count


@given(st.dates(D(2010, 1, 1), D(2025, 6, 1)), st.integers(1, 40))
def test_counting_back_gives_what_was_added(start, count):
    end = add_working_days(start, count)

    assert working_days_between(start, end) == count
    assert is_working_day(end) is True


def test_days_do_not_run_backwards():
    assert working_days_between(D(2024, 6, 14), D(2024, 6, 3)) == 0
    with pytest.raises(ValueError, match="-1"):
        add_working_days(D(2024, 6, 14), -1)


def test_a_year_without_calendar_is_told_and_not_guessed():
    expected = f"{LAST_YEAR + 1} 年的节假日安排尚未载入（已有 {FIRST_YEAR}-{LAST_YEAR} 年），不能计算工作日。"

    for ask in (
        lambda: is_working_day(D(LAST_YEAR + 1, 1, 5)),
        lambda: add_working_days(D(LAST_YEAR, 12, 30), 5),
        lambda: working_days_between(D(LAST_YEAR, 12, 30), D(LAST_YEAR + 1, 1, 10)),
    ):
        with pytest.raises(CalendarUnknown) as refusal:
            ask()
        assert refusal.value.message == expected
