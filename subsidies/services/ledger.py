"""The ledger of what other bodies paid: matched with our claims, look-alikes decided by an officer."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from patents.services.moves import require_role, require_text
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid, NotFound, WrongState
from portal.outbox.services import publish
from subsidies.enums import ENDED, ClaimState, Verdict
from subsidies.models import Claim, DoubleFinding, OtherPayment
from subsidies.policy.likeness import Object, likeness, loan_key


def match_claim(claim: Claim) -> int:
    """Look for payments of other bodies that a claim resembles; returns how many were found anew."""
    uscc = claim.organisation.uscc or ""
    return _find([claim], OtherPayment.objects.filter(uscc=uscc)) if uscc else 0


def match_payments(payments: Iterable[OtherPayment]) -> int:
    """Look for claims that newly listed payments resemble; returns how many were found anew."""
    by_firm: dict[str, list[OtherPayment]] = {}
    for payment in payments:
        by_firm.setdefault(payment.uscc, []).append(payment)
    claims = Claim.objects.filter(organisation__uscc__in=by_firm).exclude(state__in=ENDED - {ClaimState.INELIGIBLE})
    found = 0
    for claim in claims.select_related("organisation", "loan__placement__project", "award").order_by("pk"):
        found += _find([claim], by_firm[claim.organisation.uscc or ""])
    return found


def _find(claims: Iterable[Claim], payments: Iterable[OtherPayment]) -> int:
    rows = []
    for claim in claims:
        described = describe(claim)
        for payment in payments:
            numbers = [payment.patent_number] if payment.patent_number else []
            alike = likeness(described, Object(payment.uscc, payment.loan_key, payment.principal, numbers))
            if alike:
                row = DoubleFinding(claim=claim, payment=payment, is_exact=alike.is_exact, likeness=alike.words)
                rows.append(row)
    standing = set(DoubleFinding.objects.filter(claim__in=claims).values_list("claim_id", "payment_id"))
    fresh = [row for row in rows if (row.claim_id, row.payment_id) not in standing]
    DoubleFinding.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def describe(claim: Claim) -> Object:
    """The keys by which the claim's object is known elsewhere."""
    loan = claim.loan
    numbers: list[str] = []
    if loan is not None:
        pledged = loan.placement.project.patents.filter(number__isnull=False)
        numbers = [number for number in pledged.values_list("number", flat=True) if number]
    elif claim.award is not None:
        numbers = [claim.award.patent_number]
    key, principal = (loan_key(loan.bank_ref), loan.principal) if loan else ("", None)
    return Object(claim.organisation.uscc or "", key, principal, numbers)


@transaction.atomic
def decide_double(*, finding_id: int, by: User, verdict: str, reason: str) -> DoubleFinding:
    """An officer says whether the two are the same. The claim is computed anew by whoever handles it next.

    Raises:
        NotFound: no such finding on a claim that `by` may see.
        WrongState: money is held back or paid for the claim already.
    """
    require_role(by, Role.PROVINCE, Role.CITY, message="重复补贴由省、市管理人员甄别。")
    visible = Claim.objects.visible_to(by).values("pk")
    row = (
        DoubleFinding.objects.select_for_update(of=("self",))
        .select_related("claim")
        .filter(pk=finding_id, claim__in=visible)
        .first()
    )
    if row is None:
        raise NotFound("没有这条甄别记录。")
    if verdict not in (Verdict.SAME, Verdict.DIFFERENT):
        raise Invalid("请选择甄别结论。", field="verdict")
    if row.verdict == verdict:
        raise WrongState("已作出同样的结论。")
    row.verdict, row.reason = verdict, require_text(reason, "请填写理由。", field="reason")
    row.decided_by, row.decided_at = by, clock.now()
    row.save(update_fields=["verdict", "reason", "decided_by", "decided_at"])
    record(by=by, verb="甄别重复补贴", target=row, note=row.reason, verdict=verdict)
    publish("subsidies.double.decided", key=row.claim.ref, claim_ref=row.claim.ref, verdict=verdict)
    return row


def require_no_doubles(claim: Claim) -> None:
    """Raise WrongState while a look-alike waits for an officer, or when one was paid already."""
    rows = DoubleFinding.objects.filter(claim=claim).select_related("payment")
    same = rows.filter(Q(verdict=Verdict.SAME) | Q(is_exact=True, verdict=Verdict.OPEN)).first()
    if same:
        raise WrongState(
            f"该事项已由{same.payment.payer}补贴（{same.likeness}），不能重复补贴。", code="double_subsidy"
        )
    if rows.filter(verdict=Verdict.OPEN).exists():
        raise WrongState("有疑似重复的其他渠道补贴，请先甄别。", code="double_open")
