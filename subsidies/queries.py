"""Reads that services, commands and pages share."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from finance.models import Loan
from finance.queries.loans import accrual_of, stretches_of
from portal.accounts.models import User
from portal.policy.models import RuleState, RuleVersion
from portal.policy.queries import in_force_on
from subsidies.enums import CalculationPurpose, RuleKind
from subsidies.models import Calculation, CalculationQuerySet, ReferenceRate
from subsidies.policy import PublishedRate, RateBook, Scope, Version, scope_of


def version_of(rule: RuleVersion) -> Version:
    """The rule as the policy reads it."""
    return Version(rule.code, rule.parameters, rule.in_force_from, rule.in_force_to)


def rule_named(code: str) -> RuleVersion | None:
    """The version in force with that id."""
    return RuleVersion.objects.filter(code=code, state=RuleState.IN_FORCE, kind__in=RuleKind.values).first()


def interest_rule(city: str, contract_date: dt.date) -> RuleVersion | None:
    """The interest rule of a firm's present city at the contract date; None when there was none yet.

    A version that names the city goes before one for the whole province, a later one before an earlier.
    """
    applying = [rule for rule in in_force_on(RuleKind.INTEREST, contract_date) if _scope(rule).takes_city(city)]
    return next((rule for rule in applying if _scope(rule).cities_in), next(iter(applying), None))


def _scope(rule: RuleVersion) -> Scope:
    return scope_of(version_of(rule))


def newest_rate_id() -> int:
    """The last reference rate loaded: what a calculation made now may know."""
    return ReferenceRate.objects.order_by("-id").values_list("id", flat=True).first() or 0


def rate_book(until: int | None = None) -> RateBook:
    """The reference rates by series; with `until`, only those loaded up to that row, as an earlier day knew them."""
    rows = ReferenceRate.objects.order_by("series", "published_on")
    book: dict[str, list[PublishedRate]] = defaultdict(list)
    for row in rows if until is None else rows.filter(id__lte=until):
        book[row.series].append(PublishedRate(row.published_on, row.known_until, row.rate))
    return book


def interest_facts(loan: Loan, *, rule: RuleVersion, purpose: str) -> dict[str, Any]:
    """What the portal knows of a loan, in the form of `compute_subsidy`.

    Balances and days in default are those of the loan's ledger; a forecast takes it as it stands until the due day.
    """
    project = loan.placement.project
    firm = project.organisation
    is_claim = purpose == CalculationPurpose.CLAIM
    end = loan.repaid_on if is_claim and loan.repaid_on else loan.due_on
    return {
        "rule": rule.code,
        "claimant": {
            "uscc": firm.uscc or "",
            "size_class": project.size_class or firm.size_class,
            "city": firm.city_code,
            "independent_legal_person": firm.is_independent_legal_person,
        },
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
        "granted_this_year": str(granted_in_year(firm.pk, end.year, except_loan=loan.pk)),
        "other_interest_subsidies": [],
    }


def _planned_interest(loan: Loan) -> Decimal:
    """Interest to the due day at the contract's rate, actual/360, in yuan half up to the fen."""
    return accrual_of(loan, loan.drawn_on, loan.due_on).interest


def _balances(loan: Loan, end: dt.date) -> list[dict[str, Any]]:
    return [
        {"from": str(stretch.first), "to": str(stretch.end), "principal": str(stretch.principal)}
        | ({"in_default": True} if stretch.in_default else {})
        for stretch in stretches_of(loan, until=end)
    ]


def granted_in_year(organisation_id: int, year: int, *, except_loan: int) -> Decimal:
    """Yuan of the firm's payable interest claims on other loans repaid in that year: what its cap has used up.

    Of each loan only its newest claim counts.
    """
    newest = (
        Calculation.objects.filter(
            loan__placement__project__organisation=organisation_id,
            loan__repaid_on__year=year,
            purpose=CalculationPurpose.CLAIM,
        )
        .exclude(loan=except_loan)
        .order_by("loan_id", "-id")
        .distinct("loan_id")
        .values_list("is_payable", "amount")
    )
    return sum((amount for is_payable, amount in newest if is_payable and amount), start=Decimal("0.00"))


def calculations_for(user: User) -> CalculationQuerySet:
    """The calculations that `user` may see, newest first, with what a list shows."""
    return (
        Calculation.objects.visible_to(user)
        .select_related("rule", "loan__placement__project__organisation", "loan__placement__institution")
        .order_by("-id")
    )
