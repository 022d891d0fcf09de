"""The registration of a pledge: handed in, registered, changed, cancelled; always beside the patents' legal events.

An official who records what the office decided records the legal event of each patent; a gazette that brings the
event first finds, or makes, the registration. Either way a step is one legal event, and a voided event counts no more.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from finance.enums import ALWAYS_NEEDED, STANDING, PledgePaper, PledgeState
from finance.models import PledgeMove, PledgeRegistration, PledgeStep, Project, ProjectPatent
from finance.services.moves import lock_project, tell_firm
from finance.workflow.pledges import PLEDGE_FLOW, RECORDERS
from patents.enums import EventCode, SourceKind
from patents.models import LegalEvent
from patents.policy.events import EventFacts
from patents.services.legal import record_events
from patents.services.legal_writing import Announced, Source
from portal import clock
from portal.accounts.models import Organisation, User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.services import publish

_STATE_AFTER = {
    EventCode.PE01: PledgeState.REGISTERED,
    EventCode.PM01: PledgeState.CHANGED,
    EventCode.PC01: PledgeState.CANCELLED,
}
_ENDED = (PledgeState.CANCELLED, PledgeState.REVOKED)


@dataclass(frozen=True, slots=True)
class PledgeFacts:
    """What is handed in. No amount: the contract names none."""

    pledgee: Organisation
    submitted_on: dt.date
    secured_amount: Decimal | None = None
    has_agent: bool = False
    has_valuation: bool = False
    note: str = field(default="")


@transaction.atomic
def submit_pledge(*, project_id: int, facts: PledgeFacts, by: User) -> PledgeRegistration:
    """Keep that the pledge of a project's patents was handed in to the office.

    Raises:
        Conflict: one is under way, or stands.
        Invalid: a day in the future or an amount that is none; `field` names which.
    """
    _require_recorder(by)
    project = lock_project(by, pk=project_id)
    if project.pledges.exclude(state__in=_ENDED).exists():
        raise Conflict("该项目已有办理中或者有效的质押登记。", code="pledge_exists")
    if facts.submitted_on > clock.today():
        raise Invalid("提交日不得晚于今天。", field="submitted_on")
    if facts.secured_amount is not None and facts.secured_amount <= 0:
        raise Invalid("被担保金额应大于零。", field="secured_amount")
    made = PledgeRegistration.objects.create(
        project=project,
        pledgee=facts.pledgee,
        pledgee_name=facts.pledgee.name,
        secured_amount=facts.secured_amount,
        has_agent=facts.has_agent,
        has_valuation=facts.has_valuation,
        submitted_on=facts.submitted_on,
        note=facts.note.strip(),
    )
    _note(made, by=by)
    record(by=by, verb="提交质押登记", target=made, pledgee=facts.pledgee.name)
    publish("finance.pledge.submitted", key=project.ref, project_ref=project.ref, pledge_id=made.pk)
    return made


@transaction.atomic
def ask_pledge_correction(*, pledge_id: int, note: str, by: User) -> PledgeRegistration:
    """The office asks for a correction; the firm is told what."""
    pledge = _lock(pledge_id, by)
    if not note.strip():
        raise Invalid("请填写补正内容。", field="note")
    _move(pledge, PledgeState.CORRECTION, by=by, note=note)
    tell_firm(pledge.project, "finance.pledge.correction", f"项目 {pledge.project.ref} 的质押登记须补正", note.strip())
    return pledge


@transaction.atomic
def resubmit_pledge(*, pledge_id: int, note: str, by: User) -> PledgeRegistration:
    """What was asked for has been handed in."""
    pledge = _lock(pledge_id, by)
    _move(pledge, PledgeState.SUBMITTED, by=by, note=note)
    return pledge


@transaction.atomic
def announce_pledge(
    *, pledge_id: int, code: str, on: dt.date, by: User, number: str = "", note: str = ""
) -> PledgeRegistration:
    """Record what the office decided: PE01 registered, PM01 changed, PC01 cancelled, for every patent of the project.

    Each patent gets its legal event; one that is refused refuses all.

    Raises:
        Conflict: papers that are always asked for are missing, or an event contradicts a patent's state.
        Invalid: no number, or a day that cannot be; `field` names which.
        WrongState: the step does not follow from where the registration stands.
    """
    pledge = _lock(pledge_id, by)
    to = _STATE_AFTER[EventCode(code)]
    PLEDGE_FLOW.require(pledge.state, to, actor=by)
    if code == EventCode.PE01:
        _check_first(pledge, number)
        pledge.number = number.strip()
    if on > clock.today() or (pledge.submitted_on and on < pledge.submitted_on):
        raise Invalid("生效日不得早于提交日、不得晚于今天。", field="on")
    events = _record_events(pledge, EventCode(code), on, by, note)
    _take_steps(pledge, events)
    _apply(pledge, to, on)
    _note(pledge, by=by, note=note)
    record(by=by, verb=f"登记质押事项 {code}", target=pledge, number=pledge.number, on=str(on))
    _published(pledge, code)
    return pledge


@transaction.atomic
def revoke_pledge(*, pledge_id: int, note: str, by: User) -> PledgeRegistration:
    """The office refused or revoked the registration, or it was taken back."""
    pledge = _lock(pledge_id, by)
    if not note.strip():
        raise Invalid("请填写撤销或者撤回的原因。", field="note")
    pledge.ended_on = clock.today()
    _move(pledge, PledgeState.REVOKED, by=by, note=note)
    return pledge


@transaction.atomic
def attach_pledge_paper(*, pledge_id: int, purpose: str, file: Any, by: User) -> Attachment:
    """Keep a paper of the registration."""
    pledge = _lock(pledge_id, by)
    if purpose not in PledgePaper.values:
        raise Invalid("请从列出的材料种类中选择。", field="purpose")
    if pledge.state in _ENDED:
        raise WrongState(f"当前状态为“{pledge.get_state_display()}”，不能上传材料。")
    return attachments.attach(target=pledge, purpose=purpose, file=file, file_name=file.name, by=by)


@transaction.atomic
def follow_event(*, event_id: int) -> PledgeRegistration | None:
    """A gazette announced a pledge of a patent: the registration of the project that holds it follows.

    An event that has its step already, or of a patent that no project holds, changes nothing.
    """
    event = LegalEvent.objects.select_related("patent").get(pk=event_id)
    if event.code not in _STATE_AFTER or PledgeStep.objects.filter(legal_event=event).exists():
        return None
    held = ProjectPatent.objects.filter(patent=event.patent_id, is_held=True).select_related("project").first()
    if held is None or event.voided_at is not None:
        return None
    project = Project.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=held.project_id)
    pledge = project.pledges.select_for_update(of=("self",)).exclude(state__in=_ENDED).order_by("-id").first()
    if pledge is None:
        if event.code != EventCode.PE01:
            return None
        pledge = PledgeRegistration(project=project, pledgee_name=str(event.facts.get("pledgee", "未公告"))[:200])
        pledge.number, pledge.registered_on, pledge.state = _number(event), event.on, PledgeState.REGISTERED
        pledge.save()
    pledge.project = project
    pledge.number = pledge.number or _number(event)
    _take_steps(pledge, [event])
    _apply(pledge, _STATE_AFTER[EventCode(event.code)], event.on)
    _note(pledge, by=None, note=f"公告 {event.code}")
    record(by=None, verb=f"公告质押事项 {event.code}", target=pledge, number=pledge.number, on=str(event.on))
    _published(pledge, event.code)
    return pledge


@transaction.atomic
def unfollow_event(*, event_id: int) -> PledgeRegistration | None:
    """A legal event was declared wrong: the registration is what its other steps make of it."""
    step = PledgeStep.objects.filter(legal_event=event_id).select_related("pledge").first()
    if step is None:
        return None
    rows = PledgeRegistration.objects.select_for_update(of=("self",)).select_related("project__organisation")
    pledge = rows.get(pk=step.pledge_id)
    left = list(pledge.steps.filter(legal_event__voided_at__isnull=True).order_by("on", "id"))
    if left:
        pledge.ended_on = None
        _apply(pledge, _STATE_AFTER[EventCode(left[-1].code)], left[-1].on)
    else:
        # Nothing announced is left: it was handed in, and no more.
        pledge.state, pledge.registered_on, pledge.ended_on = PledgeState.REVOKED, None, clock.today()
        pledge.save(update_fields=["state", "registered_on", "ended_on"])
    _note(pledge, by=None, note=f"作废 {step.code} {step.on}")
    record(by=None, verb="作废质押事项", target=pledge, code=step.code, on=str(step.on))
    _published(pledge, "voided")
    title = f"项目 {pledge.project.ref} 的质押登记事项 {step.code}（{step.on}）已作废"
    tell_firm(pledge.project, "finance.pledge.voided", title, f"登记现为“{pledge.get_state_display()}”。")
    return pledge


def _require_recorder(by: User) -> None:
    if by.role not in RECORDERS:
        raise NotAllowed("只有省级和市级管理人员可以登记质押事项。")


def _lock(pledge_id: int, by: User) -> PledgeRegistration:
    _require_recorder(by)
    rows = PledgeRegistration.objects.visible_to(by).select_for_update(of=("self",))
    found = rows.select_related("project__organisation").filter(pk=pledge_id).first()
    if found is None:
        raise NotFound("没有这项质押登记。")
    return found


def _move(pledge: PledgeRegistration, to: PledgeState, *, by: User, note: str) -> None:
    PLEDGE_FLOW.require(pledge.state, to, actor=by)
    pledge.state = to
    pledge.save(update_fields=["state", "ended_on"])
    _note(pledge, by=by, note=note)
    record(by=by, verb=f"质押登记：{pledge.get_state_display()}", target=pledge, note=note.strip())
    _published(pledge, to.value)


def _note(pledge: PledgeRegistration, *, by: User | None, note: str = "") -> None:
    PledgeMove.objects.create(pledge=pledge, state=pledge.state, note=note.strip()[:500], by=by)


def _published(pledge: PledgeRegistration, what: str) -> None:
    ref = pledge.project.ref
    publish("finance.pledge.moved", key=ref, project_ref=ref, pledge_id=pledge.pk, what=what, state=str(pledge.state))


def _check_first(pledge: PledgeRegistration, number: str) -> None:
    if not number.strip():
        raise Invalid("请填写质押登记号。", field="number")
    if missing := missing_papers(pledge):
        raise Conflict(f"缺少材料：{'、'.join(str(one.label) for one in missing)}。", code="papers_missing")


def missing_papers(pledge: PledgeRegistration) -> list[PledgePaper]:
    """The papers that the office asks for and that are not kept here yet. One query."""
    there = set(Attachment.objects.of(pledge).values_list("purpose", flat=True))
    wanted = list(ALWAYS_NEEDED)
    wanted += [PledgePaper.AUTHORITY] if pledge.has_agent else []
    wanted += [PledgePaper.VALUATION] if pledge.has_valuation else []
    return [paper for paper in wanted if paper not in there]


def _record_events(pledge: PledgeRegistration, code: EventCode, on: dt.date, by: User, note: str) -> list[LegalEvent]:
    facts = {"pledgor": pledge.project.organisation.name, "pledgee": pledge.pledgee_name}
    if pledge.secured_amount is not None:
        facts["secured_amount"] = str(pledge.secured_amount)
    if note.strip():
        facts["note"] = note.strip()[:500]
    event = EventFacts(code, on, pledge.number, facts)
    keys = pledge.project.collateral.order_by("patent_id").values_list("patent_id", flat=True)
    done = record_events([Announced(key, event) for key in keys], source=Source(SourceKind.FORM, by))
    if done.refused:
        _, refusal = done.refused[0]
        raise Conflict(refusal.message, code=refusal.code)
    if done.repeated:
        raise Conflict(f"{on} 的 {code} 已登记，不能重复登记。", code="duplicate_event")
    return done.events


def _take_steps(pledge: PledgeRegistration, events: list[LegalEvent]) -> None:
    PledgeStep.objects.bulk_create(
        PledgeStep(pledge=pledge, patent_id=event.patent_id, code=event.code, on=event.on, legal_event=event)
        for event in events
    )


def _apply(pledge: PledgeRegistration, to: PledgeState, on: dt.date) -> None:
    pledge.state = to
    if to in STANDING and pledge.registered_on is None:
        pledge.registered_on = on
    if to == PledgeState.CANCELLED:
        pledge.ended_on = on
    pledge.save(update_fields=["state", "number", "registered_on", "ended_on"])


def _number(event: LegalEvent) -> str:
    return (event.reference or f"公告{event.on:%Y%m%d}")[:60]
