"""What a year's real claims would come to under another version: read only, nothing is stored."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.errors import Invalid, NotFound
from portal.policy.models import RuleVersion
from subsidies.models import Calculation
from subsidies.policy import compute
from subsidies.queries import rules
from subsidies.queries.claims import budget_effect

LIMIT = 5_000
SHOWN = 50
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Row:
    """One claim under both versions; an amount is None where the version states none."""

    ref: str
    firm: str
    one: Decimal | None
    other: Decimal | None

    @property
    def difference(self) -> Decimal:
        """Yuan more under the second."""
        return (self.other or NOTHING) - (self.one or NOTHING)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All claims of the year in sums, and those that differ most."""

    claims: int
    one_sum: Decimal
    other_sum: Decimal
    one_unstated: int
    other_unstated: int
    unreadable: int
    is_cut_short: bool
    rows: tuple[Row, ...]

    @property
    def difference(self) -> Decimal:
        """Yuan more under the second."""
        return self.other_sum - self.one_sum


def compare_versions(*, kind: str, year: int, one: str, other: str) -> Comparison:
    """Compute the newest facts of each claim of a kind and year under two versions, drafts included.

    Caps of the firm count as the stored facts have them. At most LIMIT claims are looked at.

    Raises:
        NotFound: no version of that kind has the code; `field` says which.
    """
    versions = [rules.version_of(_version(kind, code, field)) for code, field in ((one, "one"), (other, "other"))]
    rates = rules.rate_book()
    stored = list(budget_effect(kind, year)[: LIMIT + 1])
    rows, unreadable = [], 0
    for calculation in stored[:LIMIT]:
        try:
            amounts = [compute(version, calculation.facts, rates).amount for version in versions]
        except Invalid:
            unreadable += 1
            continue
        rows.append(_row(calculation, amounts))
    return Comparison(
        claims=len(rows),
        one_sum=sum((row.one or NOTHING for row in rows), NOTHING),
        other_sum=sum((row.other or NOTHING for row in rows), NOTHING),
        one_unstated=sum(row.one is None for row in rows),
        other_unstated=sum(row.other is None for row in rows),
        unreadable=unreadable,
        is_cut_short=len(stored) > LIMIT,
        rows=tuple(sorted(rows, key=lambda row: -abs(row.difference))[:SHOWN]),
    )


def _version(kind: str, code: str, field: str) -> RuleVersion:
    found = RuleVersion.objects.filter(kind=kind, code__iexact=code.strip()).first()
    if found is None:
        raise NotFound(f"该种类没有编号为“{code[:60]}”的规则版本。", field=field)
    return found


def _row(calculation: Calculation, amounts: list[Any]) -> Row:
    claim: Any = calculation.claim
    return Row(claim.ref, claim.organisation.name, *amounts)
