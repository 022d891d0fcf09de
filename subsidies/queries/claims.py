"""Claims as pages and services read them, and the facts that each is computed from."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from patents.enums.cultivation import CheckState
from portal import clock
from portal.accounts.models import Organisation, User
from portal.policy.models import RuleVersion
from subsidies.enums import ENDED, AwardLevel, ClaimState, RoundState, RuleKind, Verdict
from subsidies.models import Award, Bar, Calculation, Claim, ClaimQuerySet, DoubleFinding, Objection, Recovery, Round
from subsidies.policy.missing import CHECK_NOT_PASSED, PAID_ALREADY, Missing

NOTHING = Decimal("0.00")


def claims_for(user: User) -> ClaimQuerySet:
    """The claims that `user` may see, newest first, with what a list shows."""
    return Claim.objects.visible_to(user).select_related("organisation", "rule").order_by("-id")


def claimant_facts(firm: Organisation, size_class: str = "") -> dict[str, Any]:
    """The firm, as `compute_subsidy` reads it, with the bars that stand today."""
    return {
        "uscc": firm.uscc or "",
        "size_class": size_class or firm.size_class,
        "city": firm.city_code,
        "independent_legal_person": firm.is_independent_legal_person,
        "barred": is_barred(firm.pk, clock.today()),
    }


def is_barred(organisation_id: int, day: dt.date) -> bool:
    """Whether the organisation may not claim on `day`."""
    return Bar.objects.standing_on(day).filter(organisation_id=organisation_id).exists()


def granted_in_year(organisation_id: int, kind: str, year: int, *, except_claim: int | None) -> Decimal:
    """Yuan that the firm's other claims of the kind and year use of its cap: approved, or still computed to."""
    rows = Claim.objects.filter(organisation_id=organisation_id, kind=kind, year=year).exclude(state__in=ENDED)
    # A claim that could not be paid (no base stated) has no amount; one that was cut uses what was approved.
    counted = rows.exclude(pk=except_claim or 0).exclude(state=ClaimState.DRAFT)
    approved = counted.filter(approved_amount__isnull=False).aggregate(total=Sum("approved_amount"))["total"]
    computed = counted.filter(approved_amount__isnull=True).aggregate(total=Sum("amount"))["total"]
    return (approved or NOTHING) + (computed or NOTHING)


def other_subsidies(claim: Claim | None) -> list[dict[str, str]]:
    """Payments of other bodies for the same object: those of the same number, unless an officer saw otherwise."""
    if claim is None or claim.pk is None:
        return []
    rows = DoubleFinding.objects.filter(claim=claim).filter(
        Q(verdict=Verdict.SAME) | Q(is_exact=True, verdict=Verdict.OPEN)
    )
    return [
        {"payer": row.payment.payer, "amount": str(row.payment.amount), "paid_on": str(row.payment.paid_on)}
        for row in rows.select_related("payment").order_by("payment_id")
    ]


def facts_of(claim: Claim, rule: RuleVersion) -> dict[str, Any]:
    """What the portal and the firm know of a claim other than an interest claim, in the form of `compute_subsidy`."""
    facts: dict[str, Any] = {"rule": rule.code, "claimant": claimant_facts(claim.organisation)}
    if claim.award is not None:
        return facts | {"award": _award_facts(claim.award)}
    if claim.instalment is not None:
        before = claim.instalment.grant.instalments.filter(place__lt=claim.instalment.place)
        total = before.aggregate(total=Sum("amount"))["total"] or NOTHING
        return facts | {"grant": {"requested": str(claim.instalment.amount), "granted_before": str(total)}}
    granted = granted_in_year(claim.organisation_id, claim.kind, claim.year, except_claim=claim.pk)
    return {**facts, **claim.given, "granted_this_year": str(granted)}


def instalment_condition(claim: Claim) -> Missing | None:
    """What keeps an instalment from being paid: it was paid, an earlier one was not, or no yearly check was passed."""
    part = claim.instalment
    if part is None:
        return None
    if part.paid_on is not None:
        return None if claim.state == ClaimState.PAID else PAID_ALREADY
    grant = part.grant
    is_waiting = grant.instalments.filter(place__lt=part.place, paid_on__isnull=True).exists()
    has_passed = part.place == 1 or grant.centre.checks.filter(state=CheckState.PASSED).exists()
    return CHECK_NOT_PASSED if is_waiting or not has_passed else None


def _award_facts(award: Award) -> dict[str, Any]:
    facts: dict[str, Any] = {"grade": award.grade, "won_at_another_level": other_level_won(award)}
    return facts | ({"double_award": award.double_decision} if award.double_decision else {})


def other_level_won(award: Award) -> bool:
    """Whether the same patent won an award at the other level too."""
    return Award.objects.filter(patent_number=award.patent_number).exclude(level=award.level).exists()


def double_awards() -> Any:
    """Awards whose patent also won at the other level and that wait for an officer's decision."""
    both = Award.objects.filter(level=AwardLevel.CHINA).values("patent_number")
    other = Award.objects.filter(level=AwardLevel.SHANDONG).values("patent_number")
    return Award.objects.filter(patent_number__in=both, double_decision="").filter(patent_number__in=other)


def open_rounds(day: dt.date) -> Any:
    """The rounds in which firms may apply on `day`."""
    return Round.objects.filter(state=RoundState.OPEN, opens_on__lte=day, closes_on__gte=day).order_by(
        "closes_on", "id"
    )


def in_publicity(day: dt.date) -> ClaimQuerySet:
    """Claims that the public may see and object to on `day`, the newest first."""
    return (
        Claim.objects.filter(state=ClaimState.PUBLICITY, publicity_from__lte=day, publicity_until__gte=day)
        .select_related("organisation", "rule")
        .order_by("-publicity_from", "-id")
    )


def paid_claims() -> ClaimQuerySet:
    """Every payment that was made, the newest first; what was taken back is named with it."""
    return (
        Claim.objects.filter(state__in=[ClaimState.PAID, ClaimState.REVOKED], paid_on__isnull=False)
        .select_related("organisation", "rule", "recovery")
        .order_by("-paid_on", "-id")
    )


def open_objections(claim: Claim) -> Any:
    """What the public said against it and nobody has answered."""
    return Objection.objects.filter(claim=claim, state="open")


def outstanding_recoveries() -> Any:
    """Money that was asked back and has not come."""
    return Recovery.objects.filter(received_on__isnull=True).select_related("claim__organisation")


def budget_effect(kind: str, year: int) -> Any:
    """The newest stored calculation of each claim of a kind and year, for comparing versions on it."""
    return (
        Calculation.objects.filter(claim__kind=kind, claim__year=year)
        .order_by("claim_id", "-id")
        .distinct("claim_id")
        .select_related("claim__organisation")
    )


APPLIED_KINDS = (RuleKind.PATENT_PREMIUM, RuleKind.LOAN_PREMIUM, RuleKind.EVALUATION_FEE)
"""Kinds whose facts only the firm knows: claimed in rounds."""
