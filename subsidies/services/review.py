"""Review of a claim by city, province and finance department, each another person and none with a conflict."""

import datetime as dt
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.db import transaction

from patents.services.moves import lock, move, require_past, require_role, require_text
from portal import clock
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish
from subsidies.enums import ClaimState, ReexaminationState
from subsidies.models import Claim, ClaimComment, Recusal, SiteCheck
from subsidies.queries.claims import is_barred
from subsidies.queries.rules import process_terms
from subsidies.services.claims import require_payable
from subsidies.services.entries import release
from subsidies.services.ledger import require_no_doubles
from subsidies.workflow import CLAIM_FLOW

COMMENTABLE = (
    ("claimant", "单位信息"),
    ("loan", "贷款和质押"),
    ("interest_paid", "付息情况"),
    ("premium", "保险和保费"),
    ("fee", "评估费"),
    ("award", "获奖情况"),
    ("account", "收款账户"),
    ("documents", "证明材料"),
)
"""What an official can ask the firm to mend."""
LAPSE_BATCH = 200


def impartial_for(claim_id: int, by: User, *, no_conflict: bool) -> Claim:
    """The claim, locked, for an official who may decide about its firm.

    Raises:
        NotAllowed: the official has not declared, is of the firm, recused, or handled the claim at another stage.
    """
    claim = lock(Claim, by, pk=claim_id)
    if not no_conflict:
        raise Invalid("请声明与申领单位没有利害关系；有利害关系的应当回避。", field="no_conflict")
    _require_unrelated(claim, by)
    earlier = {
        Role.CITY: (),
        Role.PROVINCE: (claim.city_by_id,),
        Role.FINANCE: (claim.city_by_id, claim.province_by_id),
    }
    if by.pk in earlier.get(Role(by.role), ()):
        raise NotAllowed("您已在前一环节审核过，不能再次审核。")
    return claim


def _require_unrelated(claim: Claim, by: User) -> None:
    """Raise NotAllowed for an official of the firm itself, or one who is recused from it."""
    if by.organisation_id == claim.organisation_id:
        raise NotAllowed("您是申领单位的人员，不能审核。")
    if Recusal.objects.filter(official=by, organisation=claim.organisation_id).exists():
        raise NotAllowed("您已对该单位回避，不能审核。")


@transaction.atomic
def pass_claim(*, claim_id: int, by: User, no_conflict: bool, note: str = "") -> Claim:
    """The city, and after it the province, pass the claim on."""
    claim = impartial_for(claim_id, by, no_conflict=no_conflict)
    to, column = {
        Role.CITY: (ClaimState.CITY_PASSED, "city_by"),
        Role.PROVINCE: (ClaimState.PROVINCE_PASSED, "province_by"),
    }.get(Role(by.role), (ClaimState.CITY_PASSED, "city_by"))
    CLAIM_FLOW.require(claim.state, to, actor=by)
    require_ready(claim)
    move(claim, CLAIM_FLOW, to, by=by, note=note.strip(), **{column: by})
    record(by=by, verb="审核通过", target=claim, note=note.strip(), to=to)
    publish(f"subsidies.claim.{to}", key=claim.ref, claim_ref=claim.ref)
    return claim


def require_ready(claim: Claim) -> None:
    """Raise when something stands against a step towards payment, today and not only when it was handed in."""
    require_payable(claim)
    require_no_doubles(claim)
    if is_barred(claim.organisation_id, clock.today()):
        raise WrongState("申领单位在禁止申报期内（山东省专利条例第五十条）。", code="barred")
    if claim.comments.filter(resolved_at__isnull=True).exists():
        raise WrongState("还有逐项意见没有补正。")
    if SiteCheck.objects.filter(claim=claim).exclude(passed=True).exists():
        raise WrongState("该申领被抽中现场核查，核查相符后才能通过。", code="site_check")
    if claim.reexaminations.filter(state=ReexaminationState.OPEN).exists():
        raise WrongState("复核尚未结束。", code="reexamination_open")


@transaction.atomic
def comment(*, claim_id: int, by: User, field: str, text: str) -> ClaimComment:
    """Ask the firm to mend one thing; the claim is sent back by `return_claim`."""
    require_role(by, *OFFICIALS, message="逐项意见由审核人员填写。")
    claim = lock(Claim, by, pk=claim_id)
    _require_unrelated(claim, by)
    CLAIM_FLOW.require(claim.state, ClaimState.RETURNED, actor=by)
    if field not in dict(COMMENTABLE):
        raise Invalid("请选择意见针对的事项。", field="field")
    text = require_text(text, "请填写意见。", field="text")
    made = ClaimComment.objects.create(claim=claim, field=field, text=text, by=by)
    record(by=by, verb="填写逐项意见", target=claim, note=text, field=field)
    return made


@transaction.atomic
def return_claim(*, claim_id: int, by: User, note: str) -> Claim:
    """Send the claim back to its firm to be mended within the days of the rule; after them it lapses."""
    note = require_text(note, "请填写退回意见，企业据此补正。", field="note")
    claim = lock(Claim, by, pk=claim_id)
    _require_unrelated(claim, by)
    due_on = clock.today() + dt.timedelta(days=process_terms(clock.today()).correction_days)
    move(claim, CLAIM_FLOW, ClaimState.RETURNED, by=by, note=note, due_on=due_on)
    record(by=by, verb="退回补正", target=claim, note=note, due_on=str(due_on))
    publish("subsidies.claim.returned", key=claim.ref, claim_ref=claim.ref, due_on=str(due_on))
    tell(claim, f"申领 {claim.ref} 退回补正", f"{note}（请在 {due_on} 前补正）")
    return claim


@transaction.atomic
def refuse_claim(*, claim_id: int, by: User, note: str) -> Claim:
    """Decide against a claim, with the reason; what is held for it is given free."""
    note = require_text(note, "请填写不予支持的理由。", field="note")
    claim = lock(Claim, by, pk=claim_id)
    _require_unrelated(claim, by)
    move(claim, CLAIM_FLOW, ClaimState.REFUSED, by=by, note=note, decided_at=clock.now())
    release(claim, by=by, note=note)
    record(by=by, verb="不予支持", target=claim, note=note)
    publish("subsidies.claim.refused", key=claim.ref, claim_ref=claim.ref)
    days = process_terms(clock.today()).reexamination_days
    tell(claim, f"申领 {claim.ref} 不予支持", f"理由：{note}。不服的可在 {days} 日内申请复核。")
    return claim


@transaction.atomic
def lapse_returned() -> int:
    """Let claims lapse whose firm did not mend them in time; at most LAPSE_BATCH, returns how many."""
    due = Claim.objects.filter(state=ClaimState.RETURNED, due_on__lt=clock.today())
    rows = list(due.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:LAPSE_BATCH])
    for claim in rows:
        move(claim, CLAIM_FLOW, ClaimState.LAPSED, by=None)
        record(by=None, verb="逾期未补正", target=claim)
        publish("subsidies.claim.lapsed", key=claim.ref, claim_ref=claim.ref)
        tell(claim, f"申领 {claim.ref} 逾期未补正", "可补正后重新提交。")
    return len(rows)


@transaction.atomic
def recuse(*, by: User, organisation_id: int, reason: str) -> Recusal:
    """An official declares a conflict of interest with an organisation and is barred from its claims."""
    require_role(by, *OFFICIALS, message="回避由工作人员声明。")
    reason = require_text(reason, "请填写回避原因。", field="reason")
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound("没有这个单位。")
    row, created = Recusal.objects.get_or_create(official=by, organisation=organisation, defaults={"reason": reason})
    if not created:
        raise Conflict("您已声明回避该单位。")
    record(by=by, verb="声明回避", target=row, note=reason)
    return row


@transaction.atomic
def draw_sample(*, by: User, year: int, kind: str, seed: str) -> list[SiteCheck]:
    """Draw claims that are under review for a look on the spot; the same seed draws the same ones.

    The share is the rule's, at least one claim; claims that were drawn before stay drawn and are not counted again.
    """
    require_role(by, Role.PROVINCE, message="现场核查由省级管理人员抽取。")
    seed = require_text(seed, "请填写抽样种子。", field="seed")
    states = [ClaimState.SUBMITTED, ClaimState.CITY_PASSED, ClaimState.PROVINCE_PASSED]
    rows = list(
        Claim.objects.select_for_update(of=("self",))
        .filter(year=year, kind=kind, state__in=states, site_check__isnull=True)
        .order_by("pk")
    )
    if not rows:
        raise WrongState("没有可抽取的申领。")
    share = Fraction(process_terms(clock.today()).sample_share)
    count = max(1, -(-len(rows) * share.numerator // share.denominator))
    # Anybody can draw the same sample: the claims whose hash with the seed is smallest.
    chosen = sorted(rows, key=lambda claim: sha256(f"{seed}:{claim.ref}".encode()).hexdigest())[:count]
    drawn = [SiteCheck.objects.create(claim=claim, seed=seed[:40], drawn_by=by) for claim in chosen]
    for check in drawn:
        record(by=by, verb="抽取现场核查", target=check, seed=seed, of=len(rows))
        publish("subsidies.claim.drawn", key=check.claim.ref, claim_ref=check.claim.ref)
    return drawn


@transaction.atomic
def record_site_check(*, check_id: int, by: User, checked_on: Any, passed: bool, finding: str) -> SiteCheck:
    """Write down what was found on the spot."""
    require_role(by, Role.PROVINCE, Role.CITY, message="现场核查由省、市管理人员登记。")
    finding = require_text(finding, "请填写核查情况。", field="finding")
    require_past(checked_on, "核查日", field="checked_on")
    visible = Claim.objects.visible_to(by).values("pk")
    row = SiteCheck.objects.select_for_update(of=("self",)).filter(pk=check_id, claim__in=visible).first()
    if row is None:
        raise NotFound("没有这项现场核查。")
    if row.passed is not None:
        raise WrongState("核查情况已经登记。")
    row.checked_on, row.passed, row.finding, row.checked_by = checked_on, passed, finding, by
    row.save(update_fields=["checked_on", "passed", "finding", "checked_by"])
    record(by=by, verb="登记现场核查", target=row, note=finding, passed=passed)
    return row


def tell(claim: Claim, title: str, body: str) -> None:
    """Put a message about the claim into its firm's in-tray."""
    link = claim.get_absolute_url()
    notify(recipient=claim.organisation, kind="subsidies.claim", title=title, body=body, link=link)
