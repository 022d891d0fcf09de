"""Stored calculations, and the facts that one is made of."""

import datetime as dt
from decimal import Decimal
from typing import Any

from finance.models import Loan
from finance.queries.loans import accrual_of, stretches_of
from portal.accounts.models import User
from portal.policy.models import RuleVersion
from subsidies.enums import CalculationPurpose, RuleKind
from subsidies.models import Calculation, CalculationQuerySet, Claim
from subsidies.queries.claims import claimant_facts, granted_in_year, other_subsidies


def interest_facts(loan: Loan, *, rule: RuleVersion, purpose: str, claim: Claim | None = None) -> dict[str, Any]:
    """What the portal knows of a loan, in the form of `compute_subsidy`.

    Balances and days in default are those of the loan's ledger; a forecast takes it as it stands until the due day.
    """
    project = loan.placement.project
    firm = project.organisation
    is_claim = purpose == CalculationPurpose.CLAIM
    end = loan.repaid_on if is_claim and loan.repaid_on else loan.due_on
    granted = granted_in_year(firm.pk, RuleKind.INTEREST, end.year, except_claim=claim.pk if claim else None)
    return {
        "rule": rule.code,
        "claimant": claimant_facts(firm, project.size_class),
        "loan": {
            "contract_date": str(loan.contract_date),
            "drawn_on": str(loan.drawn_on),
            "pledge_registered_on": str(loan.pledge_registered_on),
            "principal": str(loan.principal),
            "actual_rate": str(loan.annual_rate),
            "pledge_share": str(loan.pledge_share),
            "borrower_owns_patents": not project.patents.exclude(holder=firm).exists(),
            "first_time_pledge": loan.is_first_pledge,
            "repaid_as_agreed": end <= loan.due_on,
            "interest_paid": str(loan.interest_paid if is_claim else _planned_interest(loan)),
            "balances": _balances(loan, end),
        },
        "declaration_year": end.year,
        "granted_this_year": str(granted),
        "other_interest_subsidies": other_subsidies(claim),
    }


def _planned_interest(loan: Loan) -> Decimal:
    """Interest to the due day at the contract's rate, actual/360, in yuan half up to the fen."""
    return accrual_of(loan, loan.drawn_on, loan.due_on).interest


def _balances(loan: Loan, end: dt.date) -> list[dict[str, Any]]:
    return [
        {
            "from": str(stretch.first),
            "to": str(stretch.end),
            "principal": str(stretch.principal),
            "rate": str(stretch.rate),
        }
        | ({"in_default": True} if stretch.in_default else {})
        for stretch in stretches_of(loan, until=end)
    ]


def calculations_for(user: User) -> CalculationQuerySet:
    """The calculations of loans that `user` may see, newest first, with what a list shows."""
    return (
        Calculation.objects.visible_to(user)
        .filter(loan__isnull=False)
        .select_related("rule", "claim", "loan__placement__project__organisation", "loan__placement__institution")
        .order_by("-id")
    )
