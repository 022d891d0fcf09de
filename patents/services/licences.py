"""What a holder and its officials do with an open licence."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction

from patents.checks.licences import Declaration, check_declaration, check_proofs
from patents.enums import STATABLE_OVERLAYS, OpenLicenceState
from patents.models import CnipaStep, OpenLicence, Patent
from patents.policy.terms import last_day_of_protection
from patents.queries import licences as queries
from patents.workflow.licences import CNIPA_FLOW, EDITABLE, OPEN_LICENCE_FLOW
from portal import clock, refs
from portal.accounts.enums import HOLDER_KINDS, Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish
from portal.policy.results import Refusal

EVENT = "patents.open_licence"


def lock_licence(by: User, ref: str) -> OpenLicence:
    """The licence under lock, if `by` may change or decide about it."""
    rows = OpenLicence.objects.of_user(by).select_related("patent", "holder").select_for_update(of=("self",))
    found = rows.filter(ref=ref).first()
    if found is None:
        raise NotFound("开放许可不存在，或不属于您的单位。")
    return found


@transaction.atomic
def draft_open_licence(*, patent_id: int, by: User, declaration: Declaration) -> OpenLicence:
    """Start the declaration for a patent of the holder of `by`.

    Raises:
        NotFound: the patent is not its holder's.
        Invalid: one of the five fields is missing or the terms contradict each other.
        Conflict: a declaration for the patent is under review or public.
    """
    if by.role != Role.HOLDER or by.organisation is None or by.organisation.kind not in HOLDER_KINDS:
        raise NotAllowed("只有高等院校、科研院所和国有企业可以在本平台声明开放许可。")
    patent = Patent.objects.filter(pk=patent_id, holder_id=by.organisation_id).first()
    if patent is None:
        raise NotFound("专利不存在，或权利人不是本单位。")
    check_declaration(declaration)
    _refuse_second(patent)
    pk, ref = refs.reserve(OpenLicence, "KF")
    licence = OpenLicence(pk=pk, ref=ref, patent=patent, holder=by.organisation, **_columns(declaration))
    licence.save(force_insert=True)
    record(by=by, verb="填写开放许可声明", target=licence, patent_number=patent.display_number)
    return licence


@transaction.atomic
def update_open_licence(*, ref: str, by: User, declaration: Declaration) -> OpenLicence:
    """Change a draft, or a declaration that was returned."""
    licence = lock_licence(by, ref)
    if by.role != Role.HOLDER:
        raise NotAllowed("只有声明单位可以修改声明。")
    if licence.state not in EDITABLE:
        raise WrongState(f"当前状态为“{licence.get_state_display()}”，不能修改。")
    check_declaration(declaration)
    for name, value in _columns(declaration).items():
        setattr(licence, name, value)
    licence.save()
    record(by=by, verb="修改开放许可声明", target=licence)
    return licence


@transaction.atomic
def submit_open_licence(*, ref: str, by: User, is_aware_of_warnings: bool = False) -> OpenLicence:
    """Declare: hand the declaration to the officials, with all proofs and nothing standing against it.

    Raises:
        Invalid: a proof is missing (`field`), something stands against it (`blocked`), or there are warnings that
            the declarant has not confirmed (`warnings`).
        Conflict: another declaration for the patent is under review or public.
    """
    licence = lock_licence(by, ref)
    OPEN_LICENCE_FLOW.require(licence.state, OpenLicenceState.SUBMITTED, actor=by)
    today = clock.today()
    _require_declarable(licence, today)
    warnings = queries.warnings_about(queries.declaration_of(licence), today)
    if warnings and not is_aware_of_warnings:
        raise Invalid(
            f"有 {len(warnings)} 处提示，请核对后勾选确认：{_said(warnings)}。",
            code="warnings",
            field="is_aware_of_warnings",
        )
    _refuse_second(licence.patent, licence.ref)
    licence.warnings = [asdict(warning) for warning in warnings]
    licence.review_note = ""
    _move(licence, OpenLicenceState.SUBMITTED, "warnings", "review_note")
    record(by=by, verb="提交开放许可声明", target=licence, warnings=[warning.code for warning in warnings])
    _tell(licence, "submitted")
    return licence


@transaction.atomic
def publish_open_licence(*, ref: str, by: User, note: str = "") -> OpenLicence:
    """Register the declaration here and make it public; its terms are fixed from now on (database rule).

    Says nothing about CNIPA: that is the other state.
    """
    licence = lock_licence(by, ref)
    OPEN_LICENCE_FLOW.require(licence.state, OpenLicenceState.PUBLISHED, actor=by)
    _require_declarable(licence, clock.today())
    licence.published_on, licence.review_note = clock.today(), note.strip()[:500]
    _move(licence, OpenLicenceState.PUBLISHED, "published_on", "review_note")
    record(by=by, verb="登记公开开放许可", target=licence, note=note)
    _tell(licence, "published", patent_id=licence.patent_id)
    _notify(
        licence, f"开放许可 {licence.ref} 已登记公开", "本平台登记不等于向国家知识产权局声明，请另行办理并登记结果。"
    )
    return licence


@transaction.atomic
def return_open_licence(*, ref: str, by: User, note: str) -> OpenLicence:
    """Give the declaration back to its holder, saying what to change."""
    if not note.strip():
        raise Invalid("请填写退回意见。", field="note")
    licence = lock_licence(by, ref)
    OPEN_LICENCE_FLOW.require(licence.state, OpenLicenceState.RETURNED, actor=by)
    licence.review_note = note.strip()[:500]
    _move(licence, OpenLicenceState.RETURNED, "review_note")
    record(by=by, verb="退回开放许可声明", target=licence, note=note)
    _tell(licence, "returned")
    _notify(licence, f"开放许可声明 {licence.ref} 被退回修改", note.strip())
    return licence


@transaction.atomic
def withdraw_open_licence(*, ref: str, by: User, reason: str, co_owner_consent: str = "") -> OpenLicence:
    """Take the declaration back. Licences accepted before stay valid to the end of their term (patent law art. 50).

    Raises:
        Invalid: no reason, or a co-owned patent without the consent of all co-owners.
    """
    licence = lock_licence(by, ref)
    OPEN_LICENCE_FLOW.require(licence.state, OpenLicenceState.WITHDRAWN, actor=by)
    if not reason.strip():
        raise Invalid("请写明撤回理由。", field="reason")
    if licence.published_on and queries.others_of(licence) and not co_owner_consent.strip():
        raise Invalid("共有专利撤回开放许可须全体共有人同意，请填写同意文件。", field="co_owner_consent")
    licence.withdrawn_on = clock.today()
    licence.withdrawal_reason, licence.withdrawal_consent = reason.strip()[:500], co_owner_consent.strip()[:300]
    _move(licence, OpenLicenceState.WITHDRAWN, "withdrawn_on", "withdrawal_reason", "withdrawal_consent")
    valid = licence.acceptances.filter(licence_to__gte=licence.withdrawn_on).count()
    record(by=by, verb="撤回开放许可", target=licence, note=reason, acceptances_that_stay_valid=valid)
    _tell(licence, "withdrawn", patent_id=licence.patent_id, acceptances_that_stay_valid=valid)
    return licence


@transaction.atomic
def state_encumbrances(*, ref: str, by: User, overlays: Sequence[str], pledgee_consent: str = "") -> OpenLicence:
    """The holder says what lies on the right now; while something blocks, the licence cannot be accepted."""
    licence = lock_licence(by, ref)
    if by.role != Role.HOLDER:
        raise NotAllowed("只有声明单位可以说明权利负担。")
    if licence.state == OpenLicenceState.WITHDRAWN:
        raise WrongState("开放许可已撤回。")
    if unknown := set(overlays) - set(STATABLE_OVERLAYS):
        raise Invalid(f"未知的权利负担“{unknown.pop()[:20]}”。", field="stated_overlays")
    before = sorted(licence.stated_overlays)
    licence.stated_overlays, licence.pledgee_consent = sorted(set(overlays)), pledgee_consent.strip()[:300]
    licence.save(update_fields=["stated_overlays", "pledgee_consent", "updated_at"])
    record(by=by, verb="说明权利负担", target=licence, before=before, after=licence.stated_overlays)
    _tell(licence, "encumbrances", overlays=licence.stated_overlays)
    return licence


@transaction.atomic
def set_obstacle(*, ref: str, by: User, obstacle: str) -> OpenLicence:
    """An official records (or, empty, lifts) another circumstance that stands against the licence (art. 86 no. 5)."""
    licence = lock_licence(by, ref)
    if by.role not in (Role.CITY, Role.PROVINCE):
        raise NotAllowed("只有管理人员可以登记妨碍实施的情形。")
    before = licence.obstacle
    licence.obstacle = obstacle.strip()[:300]
    licence.save(update_fields=["obstacle", "updated_at"])
    record(by=by, verb="登记妨碍实施的情形", target=licence, before=before, after=licence.obstacle)
    _tell(licence, "obstacle", is_obstructed=bool(licence.obstacle))
    title = f"开放许可 {licence.ref} 有妨碍实施的情形" if licence.obstacle else f"开放许可 {licence.ref} 可以继续接受"
    _notify(licence, title, licence.obstacle)
    return licence


@transaction.atomic
def record_cnipa_step(*, ref: str, by: User, state: str, done_on: dt.date, number: str) -> CnipaStep:
    """Record what was done at CNIPA; independent of the state here.

    Raises:
        WrongState: the step does not follow the last one.
        Invalid: no number, or a date in the future or before the step before it.
    """
    licence = lock_licence(by, ref)
    CNIPA_FLOW.require(licence.cnipa_state, state, actor=by)
    if not number.strip():
        raise Invalid("请填写受理号、公告号或撤回文件编号。", field="number")
    if done_on > clock.today():
        raise Invalid("日期不能晚于今天。", field="done_on")
    last = licence.cnipa_steps.last()
    if last and done_on < last.done_on:
        raise Invalid(f"日期不能早于上一步（{last.done_on}）。", field="done_on")
    step = CnipaStep.objects.create(
        open_licence=licence, state=state, done_on=done_on, number=number.strip(), recorded_by=by
    )
    licence.cnipa_state = state
    licence.save(update_fields=["cnipa_state", "updated_at"])
    record(
        by=by, verb="登记国家知识产权局办理结果", target=licence, state=state, number=step.number, done_on=str(done_on)
    )
    _tell(licence, "cnipa", patent_id=licence.patent_id, cnipa_state=state, done_on=str(done_on))
    return step


def _columns(declaration: Declaration) -> dict[str, Any]:
    terms = declaration.terms
    written = {name: getattr(declaration, name) for name in Declaration.__slots__ if name != "terms"}
    written = {name: value.strip() if isinstance(value, str) else value for name, value in written.items()}
    written["stated_overlays"] = sorted(set(declaration.stated_overlays))
    return {
        **written,
        "payment_kind": terms.kind,
        **{name: getattr(terms, name) for name in type(terms).__slots__ if name != "kind"},
    }


def _require_declarable(licence: OpenLicence, today: dt.date) -> None:
    declaration = queries.declaration_of(licence)
    check_declaration(declaration)
    others = queries.others_of(licence)
    check_proofs(declaration, patent=licence.patent, holder_kind=licence.holder.kind, others=others)
    if licence.patent.holder_id != licence.holder_id:
        raise Conflict("专利权人已变更，本单位不能再声明开放许可。")
    if licence.licence_to < today:
        raise Invalid("许可期限止已过。", field="licence_to")
    filed_on = licence.patent.filed_on
    if filed_on and licence.licence_to > (last := last_day_of_protection(licence.patent.kind, filed_on)):
        raise Invalid(f"许可期限止不能晚于专利权届满日 {last}。", field="licence_to")
    refuse_blocked(licence, today)


def refuse_blocked(licence: OpenLicence, today: dt.date) -> None:
    """Raise Conflict `blocked` with everything that stands against the licence on that day.

    The patent is locked, as it is when a deal over it is signed: of two that exclude each other one comes first.
    """
    licence.patent = Patent.objects.select_for_update(no_key=True).get(pk=licence.patent_id)
    if found := queries.blocks_against(licence, today):
        raise Conflict(f"不能开放许可：{_said(found)}。", code="blocked")


def _said(found: Sequence[Refusal]) -> str:
    return "；".join(f"{refusal.fact}（{refusal.article}）" for refusal in found)


def _refuse_second(patent: Patent, ref: str = "") -> None:
    states = (OpenLicenceState.SUBMITTED, OpenLicenceState.PUBLISHED)
    standing = patent.open_licences.filter(state__in=states).exclude(ref=ref).first()
    if standing:
        raise Conflict(f"该专利已有开放许可 {standing.ref}（{standing.get_state_display()}）。", code="already_open")


def _move(licence: OpenLicence, to: OpenLicenceState, *changed: str) -> None:
    licence.state = to
    try:
        with transaction.atomic():
            licence.save(update_fields=["state", "updated_at", *changed])
    except IntegrityError as error:
        # Another declaration for the patent was handed in between the question and here.
        raise Conflict("该专利刚刚提交了另一份开放许可声明。", code="already_open") from error


def _tell(licence: OpenLicence, what: str, **payload: Any) -> None:
    number = licence.patent.address
    publish(f"{EVENT}.{what}", key=licence.ref, open_licence_ref=licence.ref, patent_number=number, **payload)


def _notify(licence: OpenLicence, title: str, body: str) -> None:
    notify(recipient=licence.holder, kind=EVENT, title=title, body=body, link=licence.get_absolute_url())
