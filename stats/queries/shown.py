"""What of the statistics is whose to see."""

from dataclasses import dataclass
from typing import Any

from portal import regions
from portal.accounts.enums import Role
from stats.queries.pledge import PledgeRow

SMALL_COUNT = 3
"""Fewer loans than this could tell one firm's amount: it is not published (own default)."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as one reader sees it. Where `is_open` is false there are numbers only, and no rows behind them."""

    row: PledgeRow
    name: str
    is_open: bool
    has_amounts: bool


def shown_rows(rows: list[PledgeRow], total: PledgeRow, user: Any) -> tuple[list[ShownRow], ShownRow]:
    """The statistic as `user` may see it.

    Everybody sees how many loans each city has, and the province's amounts. A city's amounts, and the loans behind a
    number, are for those who see the loans themselves: the province and the finance department all, a city its own.
    """
    shown = [
        ShownRow(row, regions.name_of(row.city_code), may_open(user, row.city_code), may_open(user, row.city_code))
        for row in rows
    ]
    is_open = may_open(user, "")
    counts = (total.now.count, total.before.count)
    is_published = all(count == 0 or count >= SMALL_COUNT for count in counts)
    return shown, ShownRow(total, "全省合计", is_open, has_amounts=is_open or is_published)


def may_open(user: Any, city_code: str) -> bool:
    """Whether the reader sees every loan of the city; an empty code stands for the province."""
    if not user.is_authenticated:
        return False
    if user.role in (Role.PROVINCE, Role.FINANCE):
        return True
    return bool(user.role == Role.CITY and city_code and regions.city_of(user.city_code) == city_code)
