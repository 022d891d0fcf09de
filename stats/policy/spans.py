"""Periods that have begun, each with the last day that is counted in it."""

import calendar
import datetime as dt
from dataclasses import dataclass

_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Span:
    """A quarter, or with quarter 0 a year, up to `as_of`: its last day, or today while it runs."""

    year: int
    quarter: int
    as_of: dt.date


def span_of(year: int, quarter: int, today: dt.date) -> Span:
    """The quarter (0: the year), cut at today."""
    month = quarter * _MONTHS if quarter else 12
    return Span(year, quarter, min(dt.date(year, month, calendar.monthrange(year, month)[1]), today))


def started_spans(first_year: int, today: dt.date) -> list[Span]:
    """All years and quarters from `first_year` that have begun by today."""
    return [
        span_of(year, quarter, today)
        for year in range(first_year, today.year + 1)
        for quarter in range(5)
        if not quarter or dt.date(year, quarter * _MONTHS - 2, 1) <= today
    ]


def year_before_day(day: dt.date) -> dt.date:
    """The same day of the year before; 29 February gives 28 February."""
    return day.replace(year=day.year - 1, day=min(day.day, calendar.monthrange(day.year - 1, day.month)[1]))
