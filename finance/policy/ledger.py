"""A loan as its ledger tells it: balance on any day, stretches of equal terms, interest. No database, no clock.

Interest is actual/360: the day of a drawing counts, the day of a repayment does not (算头不算尾, RULES section 14).
Amounts are yuan with two places, rates are fractions a year.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

from finance.enums import EntryKind, Settlement
from portal.dates import add_months
from portal.money import round_fen

YEAR_DAYS = 360
NOTHING = Decimal("0.00")
QUARTER_MONTHS = frozenset({3, 6, 9, 12})
# Products of an amount, a rate and days have more digits than the default precision keeps.
_DIGITS = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger, as far as arithmetic is concerned."""

    id: int
    kind: str
    on: dt.date
    principal: Decimal = NOTHING
    interest: Decimal = NOTHING
    rate: Decimal | None = None
    reverses: int | None = None
    due_on: dt.date | None = None  # of an extension: the new due day


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days with one principal, one rate and one standing: from `first` with to `end` without."""

    first: dt.date
    end: dt.date
    principal: Decimal
    rate: Decimal
    in_default: bool

    @property
    def days(self) -> int:
        return (self.end - self.first).days


@dataclass(frozen=True, slots=True)
class Accrual:
    """Interest of a period at the contract's rate; days in default are counted apart and never in `days`."""

    days: int
    interest: Decimal
    default_days: int
    default_interest: Decimal


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that count, by day and then as recorded: without reversals and without what they reverse."""
    rows = list(entries)
    reversed_ids = {entry.reverses for entry in rows if entry.reverses is not None}
    kept = [entry for entry in rows if entry.reverses is None and entry.id not in reversed_ids]
    return sorted(kept, key=lambda entry: (entry.on, entry.id))


def balance_at(entries: Iterable[Entry], day: dt.date) -> Decimal:
    """Principal owed at the end of `day`. A write-off does not lessen it: what is recovered later is a repayment."""
    return sum((_delta(entry) for entry in standing(entries) if entry.on <= day), start=NOTHING)


def interest_paid(entries: Iterable[Entry]) -> Decimal:
    """Interest paid so far: settled for periods and with repayments. Penalties are not in it."""
    paid = (entry.interest for entry in standing(entries) if entry.kind in (EntryKind.INTEREST, EntryKind.REPAYMENT))
    return sum(paid, start=NOTHING)


def trouble(entries: Iterable[Entry], *, limit: Decimal) -> str:
    """Why such a ledger cannot be, in words; empty when it can.

    On no day may be more repaid than was drawn, more drawn in all than the contract's principal, more overdue or
    lost than is owed, or a default cured that was none.
    """
    rows = _drawings_first(standing(entries))
    balance = drawn = NOTHING
    for entry in rows:
        owed, balance = balance, balance + _delta(entry)
        drawn += entry.principal if entry.kind == EntryKind.DRAW else NOTHING
        if balance < 0:
            return f"{entry.on} 还款 {entry.principal} 元，超过当日本金余额 {owed} 元"
        if drawn > limit:
            return f"{entry.on} 累计提款 {drawn} 元，超过合同本金 {limit} 元"
        if entry.kind in (EntryKind.OVERDUE, EntryKind.BAD_DEBT) and entry.principal > balance:
            return f"{entry.on} 逾期或者损失本金 {entry.principal} 元，超过当日本金余额 {balance} 元"
    return _uncalled_cure(rows)


def _uncalled_cure(rows: Sequence[Entry]) -> str:
    is_overdue = False
    for entry in rows:
        if entry.kind == EntryKind.CURED and not is_overdue:
            return f"{entry.on} 之前没有逾期，不能解除逾期"
        is_overdue = entry.kind == EntryKind.OVERDUE or (is_overdue and entry.kind != EntryKind.CURED)
    return ""


def due_day(entries: Iterable[Entry], *, due_on: dt.date, on: dt.date = dt.date.max) -> dt.date:
    """The due day as it stood on the day `on`: of the newest extension agreed by then, else the contract's."""
    extended = [entry.due_on for entry in standing(entries) if entry.due_on is not None and entry.on <= on]
    return extended[-1] if extended else due_on


def stretches(entries: Iterable[Entry], *, until: dt.date, due_on: dt.date) -> list[Stretch]:
    """The loan's days before `until`, cut wherever principal, rate or standing changes.

    A time without any debt between two drawings is a stretch too, of nothing. In default are the days from an overdue report to its cure, and every
    day from the due day on, which is `due_on` of the contract until an extension is agreed: one agreed late mends no
    day before it.
    """
    rows = standing(entries)
    if not rows:
        return []
    dues = {due_on, *(entry.due_on for entry in rows if entry.due_on is not None)}
    edges = sorted({day for day in {entry.on for entry in rows} | dues if rows[0].on <= day < until} | {until})
    found = [_stretch(rows, first, end, due_on) for first, end in pairwise(edges)]
    return _joined(found)


def accrual(cut: Sequence[Stretch], first: dt.date, end: dt.date) -> Accrual:
    """Interest of the period from `first` with to `end` without, rounded half up to the fen once each."""
    days = default_days = 0
    sums = {False: Decimal(0), True: Decimal(0)}
    with localcontext() as context:
        context.prec = _DIGITS
        for stretch in cut:
            count = (min(stretch.end, end) - max(stretch.first, first)).days
            if count <= 0 or not stretch.principal:
                continue
            sums[stretch.in_default] += stretch.principal * stretch.rate * count
            days, default_days = (days, default_days + count) if stretch.in_default else (days + count, default_days)
        regular, late = (round_fen(sums[in_default] / YEAR_DAYS) for in_default in (False, True))
    return Accrual(days, regular, default_days, late)


def interest_periods(
    drawn_on: dt.date, until: dt.date, *, settlement: str, settlement_day: int
) -> list[tuple[dt.date, dt.date]]:
    """The interest periods of a loan: each ends with the settlement day, so the next begins on the day after.

    Quarterly settlement falls into March, June, September and December; at maturity there is one period.
    """
    edges = [drawn_on]
    if settlement != Settlement.MATURITY:
        month = drawn_on.replace(day=1)
        while (start := month + dt.timedelta(days=settlement_day)) < until:
            if start > drawn_on and (settlement == Settlement.MONTH or month.month in QUARTER_MONTHS):
                edges.append(start)
            month = add_months(month, 1)
    return list(pairwise([*edges, until]))


def _delta(entry: Entry) -> Decimal:
    if entry.kind == EntryKind.DRAW:
        return entry.principal
    return -entry.principal if entry.kind == EntryKind.REPAYMENT else NOTHING


def _drawings_first(rows: Sequence[Entry]) -> list[Entry]:
    """By day; within one day drawings first, for a bank may report the two in any order."""
    return sorted(rows, key=lambda entry: (entry.on, entry.kind != EntryKind.DRAW, entry.id))


def _stretch(rows: Sequence[Entry], first: dt.date, end: dt.date, due_on: dt.date) -> Stretch:
    until = [entry for entry in rows if entry.on <= first]
    rates = [entry.rate for entry in until if entry.rate is not None]
    standings = [entry.kind for entry in until if entry.kind in (EntryKind.OVERDUE, EntryKind.CURED)]
    is_overdue = bool(standings) and standings[-1] == EntryKind.OVERDUE
    balance = sum((_delta(entry) for entry in until), start=NOTHING)
    is_late = is_overdue or first >= due_day(until, due_on=due_on)
    return Stretch(first, end, balance, rates[-1] if rates else Decimal(0), is_late)


def _joined(cut: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for stretch in cut:
        if found and _terms(found[-1]) == _terms(stretch) and found[-1].end == stretch.first:
            found[-1] = Stretch(found[-1].first, stretch.end, *_terms(stretch))
        else:
            found.append(stretch)
    return found


def _terms(stretch: Stretch) -> tuple[Decimal, Decimal, bool]:
    return stretch.principal, stretch.rate, stretch.in_default
