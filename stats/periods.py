"""Years and quarters that figures are counted in."""

import calendar
import datetime as dt
from dataclasses import dataclass

from portal import clock
from portal.errors import Invalid

FIRST_YEAR = 2020
"""The year of the plan's baseline (RULES section 10)."""
QUARTERS = {"1": "第一季度", "2": "第二季度", "3": "第三季度", "4": "第四季度"}
_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both counted; `label` names the year or quarter that they lie in."""

    first: dt.date
    last: dt.date
    label: str
    is_running: bool = False

    @property
    def year_before(self) -> "Period":
        """The same days of the year before: a period that still runs is compared with as much of the other."""
        first, last = _year_before(self.first), _year_before(self.last)
        return Period(first, last, f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}")


def period_of(year: int, quarter: str = "") -> Period:
    """The year, or its quarter `1` to `4`; one that still runs ends today.

    Raises:
        Invalid: before the baseline, not yet begun, or no such quarter.
    """
    today = clock.today()
    if not FIRST_YEAR <= year <= today.year:
        raise Invalid(f"年份应在 {FIRST_YEAR} 至 {today.year} 之间。", field="year")
    if quarter and quarter not in QUARTERS:
        raise Invalid("季度应为 1 至 4，或不填写。", field="quarter")
    first_month, last_month = (int(quarter) * _MONTHS - 2, int(quarter) * _MONTHS) if quarter else (1, 12)
    first = dt.date(year, first_month, 1)
    last = dt.date(year, last_month, calendar.monthrange(year, last_month)[1])
    if first > today:
        raise Invalid(f"{year} 年{QUARTERS[quarter]}尚未开始。", field="quarter")
    label = f"{year} 年{QUARTERS.get(quarter, '')}"
    return Period(first, min(last, today), label, is_running=last > today)


def _year_before(day: dt.date) -> dt.date:
    # Only 29 February has no counterpart.
    return day.replace(year=day.year - 1, day=min(day.day, calendar.monthrange(day.year - 1, day.month)[1]))
