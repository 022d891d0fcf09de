"""What makes claims without anybody asking: loans lent and repaid, centre grants, lists."""

import datetime as dt
from decimal import Decimal

import structlog

from portal.errors import ServiceError
from portal.outbox.models import Event
from portal.outbox.registry import consumer
from subsidies.enums import CalculationPurpose, ClaimState, RuleKind
from subsidies.models import Claim, OtherPayment
from subsidies.services import (
    NavigationSupport,
    calculate_interest,
    compute_claim,
    find_award_claim,
    find_grant_claims,
    find_navigation_claim,
    match_payments,
    renew_navigation_rule,
)
from subsidies.services.claims import COMPUTABLE

log = structlog.get_logger(__name__)


@consumer("finance.loan.lent")
def forecast_interest(event: Event) -> None:
    """Tell the firm early what the loan will bring if it is repaid as agreed."""
    _calculate(event, CalculationPurpose.FORECAST)


@consumer("finance.loan.repaid")
def claim_interest(event: Event) -> None:
    """Make the claim from what was repaid."""
    _calculate(event, CalculationPurpose.CLAIM)


@consumer("patents.centre.grant_approved")
def claim_grant(event: Event) -> None:
    """Make a claim of each instalment of a centre's grant."""
    find_grant_claims(grant_id=event.payload["grant_id"])


@consumer("stats.navigation.support_approved")
def claim_navigation(event: Event) -> None:
    """Make the claim of a navigation project's support."""
    payload = event.payload
    find_navigation_claim(
        support=NavigationSupport(
            project_number=payload["project_number"],
            project_name=payload["project_name"],
            organisation_id=payload["organisation_id"],
            requested=Decimal(payload["amount"]),
            approved_on=dt.date.fromisoformat(payload["approved_on"]),
        )
    )


@consumer("subsidies.rule.approved")
def renew_navigation(event: Event) -> None:
    """A document that states the navigation projects' amount was approved: claims that had none take it."""
    if event.payload["kind"] != RuleKind.NAVIGATION:
        return
    waiting = Claim.objects.filter(kind=RuleKind.NAVIGATION, state=ClaimState.CANDIDATE, amount__isnull=True)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        renew_navigation_rule(claim_id=pk)


@consumer("subsidies.awards.imported")
def claim_awards(event: Event) -> None:
    """Make the claims of awards on a list; those of a patent that won twice wait for an officer."""
    for award_id in event.payload["award_ids"]:
        find_award_claim(award_id=award_id)


@consumer("subsidies.payments.imported")
def match_ledger(event: Event) -> None:
    """Hold what other bodies paid against our claims, and compute anew those that it touches."""
    payments = list(OtherPayment.objects.filter(pk__in=event.payload["payment_ids"]))
    match_payments(payments)
    touched = Claim.objects.filter(findings__payment__in=payments, findings__is_exact=True, state__in=COMPUTABLE)
    for pk in touched.order_by("pk").values_list("pk", flat=True).distinct():
        compute_claim(claim_id=pk)


def _calculate(event: Event, purpose: str) -> None:
    try:
        calculate_interest(loan_id=event.payload["loan_id"], purpose=purpose)
    except ServiceError as refusal:
        # Trying again cannot mend a missing fact; an official computes anew once it is there.
        log.warning("interest_not_computed", loan_id=event.payload["loan_id"], purpose=purpose, code=refusal.code)
