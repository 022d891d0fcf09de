"""Chasing institutions that do not answer, in three levels, and the firm's complaint."""

import structlog
from django.db import transaction

from finance.enums import ComplaintState, PlacementState, ProjectState
from finance.models import Complaint, Placement
from finance.queries.clocks import clocks, is_overdue
from finance.services.moves import lock_project, tell_firm
from finance.workflow.complaints import COMPLAINT_FLOW
from portal import clock
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish, send
from portal.working_days import CalendarUnknown

log = structlog.get_logger(__name__)

CHASED = "finance.placement.chased"
MAX_TEXT = 1000
_WORDS = {1: "提醒机构", 2: "请所在市催办", 3: "请省级催办"}


def chase_unanswered() -> int:
    """Raise each placement without an answer to the level of chasing it has reached; returns how many rose.

    Level 1 reminds the institution, 2 tells the city as well, 3 the province. Run twice a day it tells once.
    """
    waiting = Placement.objects.filter(state=PlacementState.PUSHED, project__state=ProjectState.ADMITTED)
    return sum(_chase(pk) for pk in waiting.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500))


@transaction.atomic
def complain(*, placement_id: int, by: User, text: str) -> Complaint:
    """The firm complains of an institution that did not answer in time; its city is told.

    Raises:
        NotFound: not a placement of the firm's project.
        WrongState: the time for an answer has not run out.
        Conflict: it has complained already.
    """
    if by.role != Role.SME:
        raise NotAllowed("只有企业可以投诉。")
    placement = Placement.objects.visible_to(by).filter(pk=placement_id).first()
    if placement is None:
        raise NotFound("没有这个推送。")
    project = lock_project(by, pk=placement.project_id)
    if not text.strip() or len(text) > MAX_TEXT:
        raise Invalid(f"请填写投诉内容，不超过 {MAX_TEXT} 字。", field="text")
    if not is_overdue(placement):
        raise WrongState("该机构的答复期限未过，或者已经答复。")
    if Complaint.objects.filter(placement=placement).exists():
        raise Conflict("已对该机构投诉，请等待答复。")
    made = Complaint.objects.create(placement=placement, text=text.strip(), made_by=by)
    record(by=by, verb="投诉金融机构", target=project, institution=placement.institution.name)
    publish("finance.complaint.made", key=project.ref, project_ref=project.ref, complaint_id=made.pk)
    _tell(OrganisationKind.AUTHORITY_CITY, placement, f"企业投诉：{placement.institution.name}未按期答复 {project.ref}")
    return made


@transaction.atomic
def reply_to_complaint(*, complaint_id: int, by: User, reply: str) -> Complaint:
    """An official answers a complaint; the firm is told."""
    row = Complaint.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=complaint_id).first()
    if row is None:
        raise NotFound("没有这项投诉。")
    COMPLAINT_FLOW.require(row.state, ComplaintState.ANSWERED, actor=by)
    if not reply.strip() or len(reply) > MAX_TEXT:
        raise Invalid(f"请填写答复，不超过 {MAX_TEXT} 字。", field="reply")
    row.state, row.reply, row.replied_by, row.replied_at = ComplaintState.ANSWERED, reply.strip(), by, clock.now()
    row.save(update_fields=["state", "reply", "replied_by", "replied_at"])
    project = row.placement.project
    record(by=by, verb="答复投诉", target=row, note=row.reply)
    publish("finance.complaint.answered", key=project.ref, project_ref=project.ref, complaint_id=row.pk)
    tell_firm(project, "finance.complaint.answered", f"您对{row.placement.institution.name}的投诉已有答复", row.reply)
    return row


@transaction.atomic
def _chase(placement_id: int) -> bool:
    rows = Placement.objects.select_for_update(of=("self",)).select_related("project__organisation", "institution")
    placement = rows.get(pk=placement_id)
    if placement.state != PlacementState.PUSHED:
        return False
    pushed_on = placement.pushed_at.astimezone(clock.SHANGHAI).date()
    found = clocks()(pushed_on)
    try:
        level = found.level(pushed_on, clock.today()) if found else 0
    except CalendarUnknown:
        log.warning("answer_clock_unknown", placement_id=placement.pk)
        return False
    if level <= placement.chase_level:
        return False
    placement.chase_level = level
    placement.save(update_fields=["chase_level"])
    _say(placement, level)
    return True


def _say(placement: Placement, level: int) -> None:
    project, bank = placement.project, placement.institution
    record(by=None, verb="催办金融机构", target=project, institution=bank.name, level=level)
    event = publish(CHASED, key=project.ref, project_ref=project.ref, level=level)
    send(event, organisation=bank)
    title = f"{bank.name}未按期答复融资项目 {project.ref}（第 {level} 级催办：{_WORDS[min(level, 3)]}）"
    if level >= 2:  # noqa: PLR2004 - the second level is the city's
        _tell(OrganisationKind.AUTHORITY_CITY, placement, title)
    if level >= 3:  # noqa: PLR2004 - the third is the province's
        _tell(OrganisationKind.AUTHORITY_PROVINCE, placement, title)
    tell_firm(project, CHASED, title)


def _tell(kind: OrganisationKind, placement: Placement, title: str) -> None:
    offices = Organisation.objects.filter(kind=kind)
    if kind == OrganisationKind.AUTHORITY_CITY:
        offices = offices.filter(city_code=placement.project.city_code)
    office = offices.order_by("pk").first()
    if office is not None:
        notify(recipient=office, kind=CHASED, title=title)
