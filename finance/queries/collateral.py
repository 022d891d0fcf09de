"""A loan's cover as it stands."""

import datetime as dt
from decimal import Decimal
from typing import Any

from finance.enums import FINANCE_COLLATERAL, Severity
from finance.models import Loan, ProjectPatent
from finance.policy.collateral import Cover, Cut, HaircutTable, PledgedPatent, cover
from patents.policy.terms import last_day_of_protection
from patents.queries.legal import status_of
from portal import clock
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on


def haircut_rule(contract_date: dt.date) -> RuleVersion:
    """The haircut table that a contract of that day goes by.

    Raises:
        LookupError: none was in force; the migrations bring one for every contract since 2015.
    """
    rule = in_force_on(FINANCE_COLLATERAL, contract_date).first()
    if rule is None:
        raise LookupError(f"no rule version {FINANCE_COLLATERAL} on {contract_date}")
    return rule


def table_of(rule: RuleVersion) -> HaircutTable:
    """The rule as the policy reads it."""
    parameters: dict[str, Any] = rule.parameters
    return HaircutTable(
        code=rule.code,
        floor_ratio=Decimal(parameters["floor_ratio"]),
        life_margin_months=parameters["life_margin_months"],
        states={name: _cut(row) for name, row in parameters["states"].items()},
        events={name: _cut(row) for name, row in parameters["events"].items()},
    )


def _cut(row: dict[str, str]) -> Cut:
    return Cut(Decimal(row.get("haircut", "0")), Severity(row["severity"]).value, row["action"])


def pledged_of(loan: Loan) -> list[PledgedPatent]:
    """The loan's patents with their newest valuation and all that lies on them today. Two queries."""
    rows = (
        ProjectPatent.objects.filter(project__placements__loan=loan)
        .select_related("patent")
        .prefetch_related("valuations")
        .order_by("id")
    )
    return [_pledged(row) for row in rows]


def _pledged(row: ProjectPatent) -> PledgedPatent:
    patent = row.patent
    newest = next(iter(row.valuations.all()), None)  # ordered by the day of valuation, newest first
    return PledgedPatent(
        number=patent.display_number,
        value=newest.amount if newest else None,
        valid_until=newest.valid_until if newest else None,
        states=(str(status_of(patent)), *patent.overlays),
        protected_until=last_day_of_protection(patent.kind, patent.filed_on) if patent.filed_on else None,
    )


def cover_of(loan: Loan, table: HaircutTable) -> Cover:
    """The loan's cover today."""
    return cover(pledged_of(loan), balance=loan.balance, due_on=loan.due_on, on=clock.today(), table=table)
