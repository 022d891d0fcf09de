"""A bank's statement beside the portal's ledger. No database, no clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from finance.enums import DifferenceKind


@dataclass(frozen=True, slots=True)
class LoanLine:
    """One loan as one side sees it at the end of the day."""

    principal: Decimal  # yuan
    balance: Decimal  # yuan
    state: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What the two sides say of one loan; an empty side has no such loan."""

    project_ref: str
    kind: str
    ours: str
    theirs: str


def differences(ours: Mapping[str, LoanLine], theirs: Mapping[str, LoanLine]) -> list[Difference]:
    """Every difference, by project; one for each figure that differs. No tolerance: a fen is a difference."""
    found = []
    for ref in sorted(ours.keys() | theirs.keys()):
        here, there = ours.get(ref), theirs.get(ref)
        if here is None or there is None:
            kind = DifferenceKind.MISSING_HERE if here is None else DifferenceKind.MISSING_THERE
            found.append(Difference(ref, kind, _shown(here), _shown(there)))
        else:
            found += _unequal(ref, here, there)
    return found


def _unequal(ref: str, here: LoanLine, there: LoanLine) -> Iterator[Difference]:
    if here.principal != there.principal:
        yield Difference(ref, DifferenceKind.PRINCIPAL, str(here.principal), str(there.principal))
    if here.balance != there.balance:
        yield Difference(ref, DifferenceKind.BALANCE, str(here.balance), str(there.balance))
    if here.state != there.state:
        yield Difference(ref, DifferenceKind.STATE, here.state, there.state)


def _shown(line: LoanLine | None) -> str:
    return "" if line is None else f"本金 {line.principal}，余额 {line.balance}，{line.state}"
