"""Indicators and targets as their versions state them; read from JSON, nothing guessed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.errors import Invalid
from portal.policy.confidence import CONFIRMED_FROM
from portal.policy.facts import Facts
from stats.enums.figures import CitySide, Measure, RowKind, Split

QUARTER_MONTHS = 3
_SCALES = ("1", "10000", "100000000")
WAYS = ("level", "share", "sum", "yearly", "growth", "growth_over", "year_value", "above_mean")
"""How a target is judged: at least so much at a day, all of them, so much in all until a day, so much a year, growth of
at least, growth of more than, a year's value, key cities over the mean."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows count: of a kind, and where given only those with such parties."""

    kind: str
    giver_kinds: tuple[str, ...] = ()
    receiver_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """One version of an indicator. Values are kept in the base unit (yuan, pieces) and shown divided by `scale`."""

    code: str
    version: str
    title: str
    unit: str
    scale: Decimal
    measure: Measure
    side: CitySide
    rows: tuple[Rows, ...]
    history: tuple[str, ...]
    splits: tuple[str, ...]
    text: str
    event_day: str
    dedupe: str
    first: dt.date
    until: dt.date | None
    confidence: Decimal
    note: str
    source: str

    @property
    def is_unconfirmed(self) -> bool:
        return self.confidence < CONFIRMED_FROM

    @property
    def is_money(self) -> bool:
        return self.scale != 1

    def shown(self, value: Decimal | None) -> str:
        """The value in the indicator's unit: two places half up for money, whole otherwise; a dash for None."""
        if value is None:
            return "—"
        if not self.is_money:
            return f"{value:,.0f}"
        return f"{self.in_unit(value):,.2f}"

    @property
    def exact_unit(self) -> str:
        """The unit in which rows are listed: yuan for money."""
        return "元" if self.is_money else self.unit

    def exact(self, value: Decimal) -> str:
        """The value in the base unit: yuan to the fen, or pieces."""
        return f"{value:,.2f}" if self.is_money else f"{value:,.0f}"

    def in_unit(self, value: Decimal) -> Decimal:
        """The value in the indicator's unit, half up to two places."""
        return (value / self.scale).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Target:
    """One version of a target."""

    code: str
    version: str
    title: str
    way: str
    indicators: tuple[str, ...]
    value: Decimal
    by: dt.date | None
    first: dt.date
    until: dt.date | None
    confidence: Decimal
    note: str
    source: str

    @property
    def is_unconfirmed(self) -> bool:
        return self.confidence < CONFIRMED_FROM


def read_indicator(version: Any) -> Indicator:
    """The indicator that a version states.

    Raises:
        Invalid: a parameter is missing or unknown; `field` names it.
    """
    terms = Facts(version.parameters, "parameters")
    kinds = [_read_rows(part) for part in terms.parts("rows")]
    if not kinds:
        raise Invalid("“parameters.rows”至少应有一类明细。", field="parameters.rows")
    return Indicator(
        code=terms.text("indicator"),
        version=version.code,
        title=version.title,
        unit=terms.text("unit"),
        scale=Decimal(terms.word("scale", _SCALES)),
        measure=Measure(terms.word("measure", Measure.values)),
        side=CitySide(terms.word("city", CitySide.values)),
        rows=tuple(kinds),
        history=_words(terms, "history"),
        splits=_words(terms, "splits", Split.values),
        text=terms.text("text"),
        event_day=terms.text("event_day"),
        dedupe=terms.text("dedupe"),
        first=version.in_force_from,
        until=version.in_force_to,
        confidence=version.confidence,
        note=version.note,
        source=version.source,
    )


def _read_rows(terms: Facts) -> Rows:
    known = {"kind", "giver_kinds", "receiver_kinds"}
    if unknown := sorted(set(terms.data) - known):
        raise Invalid(f"“parameters.rows”中有不认识的条件：{'、'.join(unknown)}。", field="parameters.rows")
    return Rows(
        terms.word("kind", RowKind.values),
        _words(terms, "giver_kinds") if terms.has("giver_kinds") else (),
        _words(terms, "receiver_kinds") if terms.has("receiver_kinds") else (),
    )


def _words(terms: Facts, name: str, allowed: Any = None) -> tuple[str, ...]:
    words = terms.items(name)
    if any(not isinstance(word, str) or (allowed is not None and word not in allowed) for word in words):
        raise Invalid(f"“parameters.{name}”应为已知词语的列表。", field=f"parameters.{name}")
    return tuple(words)


def read_target(version: Any) -> Target:
    """The target that a version states.

    Raises:
        Invalid: a parameter is missing or unknown.
    """
    terms = Facts(version.parameters, "parameters")
    return Target(
        code=terms.text("target"),
        version=version.code,
        title=version.title,
        way=terms.word("way", WAYS),
        indicators=_words(terms, "indicators"),
        value=Decimal(terms.text("value")),
        by=terms.date("by") if terms.has("by") else None,
        first=version.in_force_from,
        until=version.in_force_to,
        confidence=version.confidence,
        note=version.note,
        source=version.source,
    )


def at(versions: list[Any], day: dt.date) -> Any:
    """The version of a list (oldest first) that stands on `day`; where two overlap the later; else the first of all."""
    standing = [one for one in versions if one.first <= day and (one.until is None or one.until > day)]
    return standing[-1] if standing else versions[0]


def spans(versions: list[Indicator]) -> list[tuple[Indicator, dt.date, dt.date | None]]:
    """Each version with the days [from, to) for which it counts: a later one ends those before it."""
    found: list[tuple[Indicator, dt.date, dt.date | None]] = []
    for place, one in enumerate(versions):
        later = versions[place + 1].first if place + 1 < len(versions) else None
        ends = [day for day in (one.until, later) if day is not None]
        found.append((one, one.first, min(ends) if ends else None))
    return found


def is_quarter_start(day: dt.date) -> bool:
    """Whether a quarter begins on `day`."""
    return day.day == 1 and (day.month - 1) % QUARTER_MONTHS == 0


def check_successor(standing: Indicator | None, parameters: Mapping[str, Any], first: dt.date, today: dt.date) -> None:
    """Refuse a version that would change numbers of a period that has begun, or make another indicator of it.

    Raises:
        Invalid: it begins inside a period, or in one that has begun; or its unit or measure differ.
    """
    if not is_quarter_start(first) or first <= today:
        raise Invalid("统计期内不改口径：新版本应从今后某一季度的首日起生效。", field="in_force_from")
    if standing is None:
        return
    for name, word in (("unit", standing.unit), ("measure", standing.measure), ("scale", str(standing.scale))):
        if parameters.get(name) != word:
            raise Invalid(f"“{name}”与现行版本（{word}）不同，各期不可比；请另立指标。", field="parameters")
