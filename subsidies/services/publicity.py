"""Publicity of approved claims, and what the public says against one."""

import datetime as dt

from django.db import transaction

from patents.services.moves import lock, move, require_role, require_text
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid, NotFound, WrongState
from portal.outbox.services import publish
from subsidies.enums import ClaimState, ObjectionState, ReexaminationState
from subsidies.models import Claim, Objection
from subsidies.queries.claims import in_publicity
from subsidies.queries.rules import process_terms
from subsidies.services.entries import release
from subsidies.services.review import tell
from subsidies.workflow import CLAIM_FLOW

BATCH = 200
OPEN_PER_CLAIM = 50


@transaction.atomic
def publish_claim(*, claim_id: int, by: User) -> Claim:
    """Show an approved claim to the public from today for the days of the rule."""
    claim = lock(Claim, by, pk=claim_id)
    today = clock.today()
    until = today + dt.timedelta(days=process_terms(today).publicity_days)
    move(claim, CLAIM_FLOW, ClaimState.PUBLICITY, by=by, publicity_from=today, publicity_until=until)
    record(by=by, verb="开始公示", target=claim, until=str(until))
    publish("subsidies.claim.publicity", key=claim.ref, claim_ref=claim.ref, until=str(until))
    tell(claim, f"申领 {claim.ref} 开始公示", f"公示至 {until}，无异议后拨付。")
    return claim


@transaction.atomic
def end_publicity() -> int:
    """Let claims be paid whose publicity is over and that nothing open stands against; at most BATCH."""
    over = Claim.objects.filter(state=ClaimState.PUBLICITY, publicity_until__lt=clock.today())
    free = over.exclude(objections__state=ObjectionState.OPEN).exclude(reexaminations__state=ReexaminationState.OPEN)
    rows = list(
        Claim.objects.filter(pk__in=free.values("pk"))
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")[:BATCH]
    )
    for claim in rows:
        move(claim, CLAIM_FLOW, ClaimState.PAYABLE, by=None)
        record(by=None, verb="公示无异议", target=claim)
        publish("subsidies.claim.payable", key=claim.ref, claim_ref=claim.ref)
    return len(rows)


@transaction.atomic
def object_to(*, claim_ref: str, name: str, contact: str, text: str) -> Objection:
    """Anybody may object to a claim while it is published, with a name and a way to be reached.

    Raises:
        NotFound: no such claim in publicity today.
    """
    # Locked without a join; the lock keeps the claim from becoming payable between.
    claim = Claim.objects.select_for_update(of=("self",)).filter(ref=claim_ref).first()
    if claim is None or not in_publicity(clock.today()).filter(pk=claim.pk).exists():
        raise NotFound("该申领不在公示期内。")
    if claim.objections.filter(state=ObjectionState.OPEN).count() >= OPEN_PER_CLAIM:
        raise WrongState("该申领已有较多异议正在处理，请直接与主管部门联系。")
    found = Objection.objects.create(
        claim=claim,
        name=require_text(name, "请填写姓名或单位。", field="name")[:50],
        contact=require_text(contact, "请填写联系方式，以便核实。", field="contact")[:100],
        text=require_text(text, "请填写异议内容。", field="text"),
    )
    record(by=None, verb="收到公示异议", target=claim, objection=found.pk)
    publish("subsidies.claim.objected", key=claim.ref, claim_ref=claim.ref, objection_id=found.pk)
    return found


@transaction.atomic
def answer_objection(*, objection_id: int, by: User, upheld: bool, answer: str) -> Objection:
    """The province says whether an objection holds; one that does ends the claim and frees its money."""
    require_role(by, Role.PROVINCE, message="公示异议由省级管理人员处理。")
    answer = require_text(answer, "请填写处理意见。", field="answer")
    row = Objection.objects.select_for_update(of=("self",)).filter(pk=objection_id).first()
    if row is None:
        raise NotFound("没有这条异议。")
    if row.state != ObjectionState.OPEN:
        raise WrongState("该异议已经处理。")
    claim = lock(Claim, by, pk=row.claim_id)
    if upheld and claim.state not in (ClaimState.PUBLICITY, ClaimState.PAYABLE):
        raise Invalid("该申领已经进入拨付，异议成立的应当追回。", field="upheld")
    row.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
    row.answer, row.answered_by, row.answered_at = answer, by, clock.now()
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record(by=by, verb="处理公示异议", target=claim, note=answer, upheld=upheld)
    publish("subsidies.objection.answered", key=claim.ref, claim_ref=claim.ref, upheld=upheld)
    if upheld:
        move(claim, CLAIM_FLOW, ClaimState.REFUSED, by=by, note=answer[:500], decided_at=clock.now())
        release(claim, by=by, note="公示异议成立")
        tell(claim, f"申领 {claim.ref} 不予支持", f"公示异议成立：{answer}")
    return row
