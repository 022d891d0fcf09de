"""Working days in China: weekends off, statutory holidays off, the make-up Saturdays and Sundays on.

The State Council announces each year's arrangement in the autumn before it. For a year that is not loaded yet
nothing is guessed: `CalendarUnknown` says so.
"""

import datetime as dt

import chinese_calendar
from chinese_calendar.constants import holidays

from portal.errors import ServiceError

FIRST_YEAR, LAST_YEAR = min(holidays).year, max(holidays).year
_DAY = dt.timedelta(days=1)


class CalendarUnknown(ServiceError):
    """The days asked about reach into a year whose holidays are not loaded."""

    code = "calendar_unknown"


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on `day`.

    Raises:
        CalendarUnknown: the year's arrangement is not loaded.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CalendarUnknown(
            f"{day.year} 年的节假日安排尚未载入（已有 {FIRST_YEAR}-{LAST_YEAR} 年），不能计算工作日。"
        )
    return bool(chinese_calendar.is_workday(day))


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The day on which `count` working days (0 or more) after `day` have run out.

    The day itself does not count, as for every legal period (民法典第二百零一条): one working day after a Friday is
    the Monday. With 0 it is `day` itself, working or not.

    Raises:
        CalendarUnknown: the period reaches into a year that is not loaded.
        ValueError: `count` is negative.
    """
    if count < 0:
        raise ValueError(f"{count} working days")
    while count:
        day += _DAY
        count -= is_working_day(day)
    return day


def working_days_between(start: dt.date, end: dt.date) -> int:
    """How many working days of the period after `start` up to and with `end`; 0 when `end` is not after `start`.

    `working_days_between(day, add_working_days(day, n)) == n`.

    Raises:
        CalendarUnknown: the period reaches into a year that is not loaded.
    """
    return sum(is_working_day(start + _DAY * offset) for offset in range(1, (end - start).days + 1))
