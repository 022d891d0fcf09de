"""Stored numbers for pages and bulletins, and who may see what of them. Nothing here counts rows."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal import clock, regions
from portal.accounts.enums import Role
from stats.enums.figures import Measure, RowKind, Split
from stats.models import IndicatorValue, RefreshRun
from stats.policy.definitions import Indicator, at
from stats.policy.targets import Assessment, Facts, Value, assess
from stats.queries.definitions import Versions, target_versions
from stats.queries.pledge import growth
from stats.queries.shown import SMALL_COUNT

DEAL_KINDS = frozenset({RowKind.PATENT, RowKind.CONTRACT, RowKind.MONEY, RowKind.FIRM_PATENT})
PROVINCE = ""


@dataclass(frozen=True, slots=True)
class Number:
    """One number as one reader sees it. `is_open`: its rows may be opened; not `is_shown`: not published."""

    indicator: Indicator
    stored: IndicatorValue
    is_open: bool
    is_shown: bool

    @property
    def growth(self) -> Decimal | None:
        """Over the same period of the year before; None (a dash) over a base of zero or none to compare with."""
        return None if self.stored.before is None else growth(self.stored.value, self.stored.before)

    @property
    def value(self) -> str:
        return self.indicator.shown(self.stored.value)

    @property
    def exact(self) -> str:
        return self.indicator.exact(self.stored.value)

    @property
    def before(self) -> str:
        return self.indicator.shown(self.stored.before)

    @property
    def flagged(self) -> str:
        return self.indicator.shown(self.stored.flagged) if self.stored.flagged else ""

    @property
    def historic(self) -> str:
        return self.indicator.shown(self.stored.historic) if self.stored.historic else ""

    @property
    def split_name(self) -> str:
        return str(Split(self.stored.split).label) if self.stored.split else "未分项"

    @property
    def city_name(self) -> str:
        code = self.stored.city_code
        if not code:
            return "全省"
        return "省属（未分市）" if code == regions.PROVINCE_CODE else regions.name_of(code)


def newest(versions: Versions, day: dt.date | None = None) -> dict[str, Indicator]:
    """The version of each indicator that stands on a day (today)."""
    on = day or clock.today()
    return {code: at(mine, on) for code, mine in versions.items()}


def may_open(user: Any, one: Indicator, city_code: str) -> bool:
    """Whether the reader may open the rows: the province all, a city its own, the finance department what it pays for.

    Deals are between their parties: the finance department sees none of them.
    """
    if not user.is_authenticated:
        return False
    if user.role == Role.FINANCE:
        return not any(rows.kind in DEAL_KINDS for rows in one.rows)
    if user.role == Role.PROVINCE:
        return True
    return bool(user.role == Role.CITY and city_code and regions.city_of(user.city_code) == city_code)


def sees_all(user: Any) -> bool:
    """Whether the reader sees every city's numbers; a city sees others' in bulletins only."""
    return bool(user.is_authenticated and user.role in (Role.PROVINCE, Role.FINANCE))


def is_published(one: Indicator, city_code: str, count: Decimal | None) -> bool:
    """Whether everybody sees the number: pieces always; money and firms' figures of the province, unless of too few."""
    if one.measure in (Measure.COUNT, Measure.STOCK, Measure.FIRMS):
        return True
    return not city_code and count is not None and (count == 0 or count >= SMALL_COUNT)


COUNT_BESIDE = {
    "I02": "I01", "I03": "I01", "I05": "I04", "I06": "I04", "I08": "I07", "I09": "I07", "I11": "I12", "I11A": "I12A",
}  # fmt: skip
"""The number of pieces behind each sum: too few could tell one firm's figure."""


def shown_numbers(stored: Iterable[IndicatorValue], versions: Versions, user: Any) -> list[Number]:
    """Numbers as the reader may see them; those of indicators that no longer are, are left out."""
    rows = list(stored)
    counts = {(row.code, row.year, row.quarter, row.city_code): row.value for row in rows if not row.split}
    found = []
    for row in rows:
        if row.code not in versions:
            continue
        one = at(versions[row.code], row.as_of)
        count = counts.get((COUNT_BESIDE.get(row.code, ""), row.year, row.quarter, row.city_code))
        is_open = may_open(user, one, row.city_code)
        is_shown = is_open or sees_all(user) or is_published(one, row.city_code, count)
        found.append(Number(one, row, is_open, is_shown))
    return found


def values_of(year: int, quarter: int) -> Iterable[IndicatorValue]:
    """All numbers of a period without the split by kinds. One query."""
    return IndicatorValue.objects.filter(year=year, quarter=quarter, split="")


def province_years() -> Iterable[IndicatorValue]:
    """The province's numbers of all years. One query."""
    return IndicatorValue.objects.filter(quarter=0, city_code=PROVINCE, split="").order_by("code", "year")


def assessments(
    versions: Versions, years: Iterable[IndicatorValue], cities: Iterable[IndicatorValue], today: dt.date
) -> list[Assessment]:
    """All targets, judged by stored numbers: the province's of all years and the cities' of the running one."""
    facts = Facts(
        indicators=newest(versions, today),
        years={(row.code, row.year): Value(row.value, row.before) for row in years},
        cities=_by_city(cities),
        today=today,
    )
    standing = [at(mine, today) for mine in target_versions().values()]
    return [assess(target, facts) for target in standing if set(target.indicators) <= set(versions)]


def _by_city(rows: Iterable[IndicatorValue]) -> Mapping[tuple[str, str], Value]:
    return {(row.code, row.city_code): Value(row.value, row.before) for row in rows if row.city_code in regions.CITIES}


def last_refresh() -> RefreshRun | None:
    """The newest computation of the numbers."""
    return RefreshRun.objects.order_by("-id").first()
