"""How long an event's outcomes are followed, and what each cost. Pure."""

import calendar
import datetime as dt
from decimal import Decimal

from portal.money import round_fen

FOLLOWED_YEARS = 2
"""Plan and issue: what came of an event is followed for two years."""


def followed_until(day: dt.date) -> dt.date:
    """The last day on which something still counts for an event that ended on `day`."""
    year = day.year + FOLLOWED_YEARS
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def cost_per(spent: Decimal | None, count: int) -> Decimal | None:
    """Yuan for each outcome, rounded half up to the fen; None without cost or without outcome."""
    return round_fen(spent / count) if spent is not None and count else None
