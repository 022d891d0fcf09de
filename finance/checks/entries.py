"""What banks may report of a running loan, and in which form."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finance.checks.parsing import FIELD_NAMES, MONEY, NOTE, NUMBER, RATE, Parser, date, parse
from finance.enums import EntryKind
from finance.models import Loan
from portal import clock
from portal.errors import Invalid

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One report. Amounts in yuan; `number` is the bank's own, unique within the loan."""

    number: str
    on: dt.date
    principal: Decimal = NOTHING
    interest: Decimal = NOTHING
    penalty: Decimal = NOTHING
    annual_rate: Decimal | None = None
    period_from: dt.date | None = None
    period_to: dt.date | None = None
    reverses: str = ""
    note: str = ""
    due_on: dt.date | None = None


def parse_entry(kind: str, facts: Mapping[str, Any]) -> EntryFacts:
    """The facts of a ledger entry of that kind.

    Raises:
        Invalid: a field is missing, unknown or malformed; `field` names it.
    """
    values = parse(FIELDS[EntryKind(kind)], facts, optional=OPTIONAL[EntryKind(kind)])
    return EntryFacts(**{name: value for name, value in values.items() if value is not None})


def check_entry(kind: str, facts: EntryFacts, loan: Loan) -> None:
    """Refuse amounts and days that no such entry can have."""
    if facts.on > clock.today():
        raise Invalid("发生日不得晚于今天。", field="on")
    if facts.on < loan.drawn_on:
        raise Invalid(f"发生日不得早于放款日 {loan.drawn_on}。", field="on")
    for field in ("principal", "interest", "penalty"):
        if getattr(facts, field) < 0:
            raise Invalid(f"{FIELD_NAMES[field]}不能为负数，更正请用冲正。", field=field)
    if kind in MUST_MOVE and not any(getattr(facts, field) for field in MUST_MOVE[EntryKind(kind)]):
        field = MUST_MOVE[EntryKind(kind)][0]
        raise Invalid(f"{FIELD_NAMES[field]}应大于零。", field=field)
    if facts.annual_rate is not None and not 0 <= facts.annual_rate < 1:
        raise Invalid("年利率请用小数填写，例如 3.65% 填 0.0365。", field="annual_rate")
    if kind == EntryKind.EXTENSION and (facts.due_on is None or facts.due_on <= max(loan.due_on, facts.on)):
        raise Invalid(f"展期后的到期日应晚于现到期日 {loan.due_on} 和发生日。", field="due_on")
    if kind == EntryKind.INTEREST:
        _check_period(facts, loan)


def _check_period(facts: EntryFacts, loan: Loan) -> None:
    first, end = facts.period_from, facts.period_to
    if first is None or end is None or end <= first:
        raise Invalid("计息期止应晚于计息期首日。", field="period_to")
    if first < loan.drawn_on:
        raise Invalid(f"计息期首日不得早于放款日 {loan.drawn_on}。", field="period_from")
    if end > clock.today() + dt.timedelta(days=1):
        raise Invalid("计息期尚未结束。", field="period_to")


MUST_MOVE: dict[EntryKind, tuple[str, ...]] = {
    EntryKind.DRAW: ("principal",),
    EntryKind.REPAYMENT: ("principal", "interest", "penalty"),
    EntryKind.BAD_DEBT: ("principal",),
}
"""Of these amounts at least one is above zero."""
_BASE: dict[str, Parser] = {"number": NUMBER, "on": date, "note": NOTE}
FIELDS: dict[EntryKind, dict[str, Parser]] = {
    EntryKind.DRAW: _BASE | {"principal": MONEY},
    EntryKind.RATE: _BASE | {"annual_rate": RATE},
    EntryKind.INTEREST: _BASE | {"period_from": date, "period_to": date, "interest": MONEY, "penalty": MONEY},
    EntryKind.REPAYMENT: _BASE | {"principal": MONEY, "interest": MONEY, "penalty": MONEY},
    EntryKind.OVERDUE: _BASE | {"principal": MONEY, "interest": MONEY},
    EntryKind.CURED: _BASE,
    EntryKind.EXTENSION: _BASE | {"due_on": date},
    EntryKind.BAD_DEBT: _BASE | {"principal": MONEY},
    EntryKind.CLOSED: _BASE,
    EntryKind.REVERSAL: {"number": NUMBER, "on": date, "reverses": NUMBER, "note": NOTE},
}
OPTIONAL: dict[EntryKind, frozenset[str]] = dict.fromkeys(EntryKind, frozenset({"note"})) | {
    EntryKind.INTEREST: frozenset({"note", "penalty"}),
    EntryKind.REPAYMENT: frozenset({"note", "principal", "interest", "penalty"}),
    EntryKind.OVERDUE: frozenset({"note", "interest"}),
    EntryKind.REVERSAL: frozenset(),  # why a line was taken back must be said
}
