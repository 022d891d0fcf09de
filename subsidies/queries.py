"""Reads that services, commands and pages share."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

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


def rate_book() -> RateBook:
    """All loaded reference rates by series."""
    book: dict[str, list[PublishedRate]] = defaultdict(list)
    for row in ReferenceRate.objects.order_by("series", "published_on"):
        book[row.series].append(PublishedRate(row.published_on, row.known_until, row.rate))
    return book


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
        .order_by("loan", "-id")
        .distinct("loan")
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
