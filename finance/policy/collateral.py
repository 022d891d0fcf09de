"""What pledged patents are worth against a debt under a haircut table. No database, no clock.

Haircuts of one patent add up, at most to the whole value. The table is a rule version with parameters of low confidence:
whoever shows a ratio says 未经确认.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from finance.enums import SEVERITIES, Severity
from portal.dates import add_months
from portal.money import round_fen

RATIO_PLACES = Decimal("0.0001")
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Cut:
    """One state's effect."""

    haircut: Decimal
    severity: str
    action: str


@dataclass(frozen=True, slots=True)
class HaircutTable:
    """A version of the table, as computed with."""

    code: str
    floor_ratio: Decimal
    life_margin_months: int
    states: Mapping[str, Cut]
    events: Mapping[str, Cut]


@dataclass(frozen=True, slots=True)
class PledgedPatent:
    """What is known of one pledged patent."""

    number: str
    value: Decimal | None  # yuan of the newest valuation; None: never valued
    valid_until: dt.date | None  # of that valuation, its last day
    states: tuple[str, ...]  # legal status and overlays
    protected_until: dt.date | None  # last day of protection; None: unknown


@dataclass(frozen=True, slots=True)
class PatentLine:
    """One patent's part of the cover, with the reasons."""

    number: str
    value: Decimal
    haircut: Decimal
    counted: Decimal
    reasons: tuple[str, ...]  # keys of the table's states


@dataclass(frozen=True, slots=True)
class Cover:
    """The whole cover; `ratio` is None when nothing is owed."""

    lines: tuple[PatentLine, ...]
    counted: Decimal
    balance: Decimal
    ratio: Decimal | None
    severity: str


def cover(
    patents: Sequence[PledgedPatent], *, balance: Decimal, due_on: dt.date, on: dt.date, table: HaircutTable
) -> Cover:
    """Cover of a debt of `balance` yuan due on `due_on`, as on the day `on`.

    Each patent's counted value is rounded half up to the fen, the ratio down to four places.
    """
    lines = tuple(_line(patent, due_on=due_on, on=on, table=table) for patent in patents)
    counted = sum((line.counted for line in lines), start=NOTHING)
    ratio = (counted / balance).quantize(RATIO_PLACES, rounding=ROUND_DOWN) if balance else None
    named = [table.states[reason].severity for line in lines for reason in line.reasons]
    if ratio is not None and ratio < table.floor_ratio:
        named.append(Severity.HIGH)
    return Cover(lines, counted, balance, ratio, worst(named))


def worst(severities: Iterable[str]) -> str:
    """The highest of the severities; info when there is none."""
    return max(severities, key=SEVERITIES.index, default=Severity.INFO.value)


def _line(patent: PledgedPatent, *, due_on: dt.date, on: dt.date, table: HaircutTable) -> PatentLine:
    reasons = [state for state in patent.states if state in table.states]
    if patent.value is None:
        reasons.append("not_valued")
    elif patent.valid_until is not None and patent.valid_until < on:
        reasons.append("valuation_expired")
    if patent.protected_until and patent.protected_until < add_months(due_on, table.life_margin_months):
        reasons.append("short_life")
    known = [reason for reason in reasons if reason in table.states]
    haircut = min(sum((table.states[reason].haircut for reason in known), start=Decimal(0)), Decimal(1))
    value = patent.value or NOTHING
    return PatentLine(patent.number, value, haircut, round_fen(value * (1 - haircut)), tuple(known))
