"""How far each target is, and where it lands at today's rate. Pure arithmetic on stored numbers.

A rate is that of the running year up to today: what came so far, divided by the days gone and carried to the year's
last day. Stocks are carried on by what they gained since the end of last year.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from stats.policy.definitions import Indicator, Target

ZERO, ONE = Decimal(0), Decimal(1)
KEY_CITIES = {"370100": "济南市", "370200": "青岛市", "370600": "烟台市"}
"""The operation key cities of the plan (item 14; RULES section 4)."""
PLAN_YEAR = 2021
REACHED, LATE, ON_TRACK, BEHIND, MISSED = "reached", "late", "on_track", "behind", "missed"
LABELS = {
    REACHED: "已达到", LATE: "期限后达到", ON_TRACK: "按当前进度可达到", BEHIND: "按当前进度达不到", MISSED: "期限已过，未达到",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One stored number of the province or a city."""

    value: Decimal = ZERO
    before: Decimal | None = None


Years = Mapping[tuple[str, int], Value]
"""The province's numbers by indicator and year; the running year's to date."""
Cities = Mapping[tuple[str, str], Value]
"""The cities' numbers of the running year by indicator and city."""


@dataclass(frozen=True, slots=True)
class Part:
    """One indicator of a target: what stands, what is asked, where it lands; texts in the indicator's unit."""

    label: str
    now: str
    goal: str
    lands: str
    is_met: bool
    will_be_met: bool
    share: Decimal
    """How much of the goal stands, 0 to 1, for the bar."""
    landing_share: Decimal


@dataclass(frozen=True, slots=True)
class Assessment:
    """One target today."""

    target: Target
    state: str
    parts: tuple[Part, ...]
    remark: str = ""
    exceptions: tuple[str, ...] = field(default=())

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def share(self) -> Decimal:
        """Of the part that is furthest from its goal."""
        return min((part.share for part in self.parts), default=ZERO)

    @property
    def landing_share(self) -> Decimal:
        return min((part.landing_share for part in self.parts), default=ZERO)

    @property
    def met_count(self) -> int:
        return sum(part.is_met for part in self.parts)

    @property
    def width(self) -> str:
        """The bar in per cent of its cell: the share, or of many comparisons how many are met."""
        return self._per_cent(self.share)

    @property
    def landing_width(self) -> str:
        return self._per_cent(self.landing_share)

    def _per_cent(self, share: Decimal) -> str:
        if self.target.way == "above_mean":
            share = Decimal(self.met_count) / max(len(self.parts), 1)
        return str((share * 100).quantize(Decimal("0.1")))


@dataclass(frozen=True, slots=True)
class Facts:
    """What targets are judged by."""

    indicators: Mapping[str, Indicator]
    years: Years
    cities: Cities
    today: dt.date

    def value(self, code: str, year: int) -> Decimal:
        return self.years.get((code, year), Value()).value

    @property
    def year_share(self) -> Decimal:
        """How much of the running year is over, today included."""
        days = 366 if calendar.isleap(self.today.year) else 365
        return Decimal(self.today.timetuple().tm_yday) / days


def assess(target: Target, facts: Facts) -> Assessment:
    """Judge one target by its way."""
    ways: dict[str, Callable[[Target, Facts], list[Part]]] = {
        "level": _level,
        "share": _all_of_them,
        "sum": _sum,
        "yearly": _yearly,
        "growth": _growth,
        "growth_over": _growth,
        "year_value": _year_value,
        "above_mean": _above_mean,
    }
    parts = ways[target.way](target, facts)
    state = _state(target, facts, parts)
    remark = f"期限 {target.by:%Y-%m-%d}" if target.by else ""
    if target.by and target.by < facts.today and target.way in ("level", "sum"):
        remark = f"期限 {target.by:%Y-%m-%d}，当时 {_at_deadline(target, facts)}"
    below = tuple(part.label for part in parts if not part.is_met) if target.way == "above_mean" else ()
    return Assessment(target, state, tuple(parts), remark, below)


def _state(target: Target, facts: Facts, parts: list[Part]) -> str:
    is_met = bool(parts) and all(part.is_met for part in parts)
    if target.by and target.by < facts.today:
        if not is_met:
            return MISSED
        return REACHED if target.way == "year_value" or _was_met(target, facts) else LATE
    # A growth or a comparison is only reached when the year is over; until then it is on its way or not.
    if target.way in ("growth", "growth_over"):
        return ON_TRACK if parts and all(part.will_be_met for part in parts) else BEHIND
    if is_met:
        return REACHED
    return ON_TRACK if parts and all(part.will_be_met for part in parts) else BEHIND


def _total(target: Target, facts: Facts, until: int) -> Decimal:
    code = target.indicators[0]
    return sum((facts.value(code, year) for year in range(PLAN_YEAR, until + 1)), ZERO)


def _reading(target: Target, facts: Facts, year: int) -> Decimal:
    return _total(target, facts, year) if target.way == "sum" else facts.value(target.indicators[0], year)


def _was_met(target: Target, facts: Facts) -> bool:
    assert target.by is not None  # noqa: S101  asked of targets with an end only
    if target.way == "share":
        least, all_of = (facts.value(code, target.by.year) for code in target.indicators)
        return bool(all_of) and least >= all_of
    return _reading(target, facts, target.by.year) >= target.value


def _at_deadline(target: Target, facts: Facts) -> str:
    assert target.by is not None  # noqa: S101  asked of targets with an end only
    one = facts.indicators[target.indicators[0]]
    return f"{one.shown(_reading(target, facts, target.by.year))} {one.unit}"


def _part(one: Indicator, now: Decimal, goal: Decimal, lands: Decimal) -> Part:
    return Part(
        label=one.title,
        now=f"{one.shown(now)} {one.unit}",
        goal=f"{one.shown(goal)} {one.unit}",
        lands=f"{one.shown(lands)} {one.unit}",
        is_met=now >= goal,
        will_be_met=lands >= goal,
        share=_ratio(now, goal),
        landing_share=_ratio(lands, goal),
    )


def _ratio(now: Decimal, goal: Decimal) -> Decimal:
    return max(ZERO, min(ONE, now / goal)) if goal > 0 else ONE


def _level(target: Target, facts: Facts) -> list[Part]:
    """A stock: what it gained this year goes on at the same rate until the year ends."""
    one = facts.indicators[target.indicators[0]]
    now = facts.value(one.code, facts.today.year)
    gained = now - facts.value(one.code, facts.today.year - 1)
    lands = max(ZERO, now + _whole(gained / facts.year_share - gained))
    return [_part(one, now, target.value, lands)]


def _all_of_them(target: Target, facts: Facts) -> list[Part]:
    least, all_of = (facts.indicators[code] for code in target.indicators)
    year = facts.today.year
    now, total = facts.value(least.code, year), facts.value(all_of.code, year)
    gained = now - facts.value(least.code, year - 1)
    lands = max(ZERO, min(total, now + _whole(gained / facts.year_share - gained)))
    part = _part(least, now, total, lands)
    return [part] if total else []


def _sum(target: Target, facts: Facts) -> list[Part]:
    one = facts.indicators[target.indicators[0]]
    year = facts.today.year
    now = _total(target, facts, year)
    this_year = facts.value(one.code, year)
    return [_part(one, now, target.value, now + _whole(this_year / facts.year_share - this_year))]


def _yearly(target: Target, facts: Facts) -> list[Part]:
    one = facts.indicators[target.indicators[0]]
    now = facts.value(one.code, facts.today.year)
    return [_part(one, now, target.value, _whole(now / facts.year_share))]


def _year_value(target: Target, facts: Facts) -> list[Part]:
    one = facts.indicators[target.indicators[0]]
    year = target.by.year if target.by else facts.today.year
    now = facts.value(one.code, year)
    lands = now if year < facts.today.year else now / facts.year_share
    return [_part(one, now, target.value, lands)]


def _growth(target: Target, facts: Facts) -> list[Part]:
    """Growth to date over the same days of last year, and where the whole year lands over the whole of last year."""
    parts = []
    for code in target.indicators:
        one, stored = facts.indicators[code], facts.years.get((code, facts.today.year), Value())
        now = (stored.value - stored.before) / stored.before if stored.before else None
        last = facts.value(code, facts.today.year - 1)
        lands = (stored.value / facts.year_share - last) / last if last else None
        parts.append(
            Part(
                label=one.title,
                now=percent(now),
                goal=("超过 " if target.way == "growth_over" else "不低于 ") + percent(target.value),
                lands=percent(lands),
                is_met=_grows(target, now),
                will_be_met=_grows(target, lands),
                share=_ratio(now, target.value) if now is not None else ZERO,
                landing_share=_ratio(lands, target.value) if lands is not None else ZERO,
            )
        )
    return parts


def _grows(target: Target, growth: Decimal | None) -> bool:
    if growth is None:
        return False
    return growth > target.value if target.way == "growth_over" else growth >= target.value


def _above_mean(target: Target, facts: Facts) -> list[Part]:
    """Each indicator of each key city beside the mean of all cities (sum divided by their number)."""
    parts = []
    for code in target.indicators:
        one = facts.indicators[code]
        mean = mean_of(code, facts.cities)
        for city, name in KEY_CITIES.items():
            now = facts.cities.get((code, city), Value()).value
            parts.append(
                Part(
                    label=f"{name} {one.title}（{code}）",
                    now=f"{one.shown(now)} {one.unit}",
                    goal=f"高于平均 {one.shown(mean)} {one.unit}",
                    lands=f"{one.shown(now)} {one.unit}",
                    is_met=now > mean,
                    will_be_met=now > mean,
                    share=_ratio(now, mean),
                    landing_share=_ratio(now, mean),
                )
            )
    return parts


def mean_of(code: str, cities: Cities) -> Decimal:
    """The mean of an indicator over the cities, half up to the fen; those without anything count with nothing."""
    values = [stored.value for (name, _), stored in cities.items() if name == code]
    return (sum(values, ZERO) / len(values)).quantize(Decimal("0.01"), ROUND_HALF_UP) if values else ZERO


def percent(rate: Decimal | None) -> str:
    """A fraction as per cent with one place, half up; a dash where there is none."""
    return "—" if rate is None else f"{(rate * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)} %"


def _whole(value: Decimal) -> Decimal:
    return value.quantize(ONE, ROUND_HALF_UP)
