"""Linking what came of an event to it. A deal or project counts for one event only."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from events.enums import EventState, OutcomeBasis, OutcomeKind, OutcomeSource, SignupState
from events.models import Event, Outcome
from events.policy.codes import key_of
from events.policy.following import followed_until
from events.queries.outcomes import latest_meeting
from events.services.moves import GONE, announce, lock_managed
from finance.models import Project
from patents.enums.deals import Origin
from patents.models import Deal
from patents.services.deals.enquiries import enquire
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound

_MONEY_KINDS = frozenset({OutcomeKind.DEAL, OutcomeKind.LOAN, OutcomeKind.MONEY})


@dataclass(frozen=True, slots=True)
class Statement:
    """What an official enters of something that happened outside the portal; the amount in yuan."""

    kind: str
    happened_on: dt.date
    description: str
    amount: Decimal | None
    file: Any


@transaction.atomic
def enquire_at_event(*, event_id: int, exhibit_id: int, by: User, kind: str, message: str) -> Deal:
    """A firm asks for a patent that is on show; the deal that comes of it is the event's."""
    event = _public(event_id)
    exhibit = event.exhibits.filter(pk=exhibit_id, patent__isnull=False).first()
    if exhibit is None or exhibit.patent_id is None:
        raise NotFound("该专利不在本活动的展示清单中。")
    deal = enquire(
        by=by, patent_ids=[exhibit.patent_id], kind=kind, message=message, origin=Origin.EVENT, origin_ref=event.code
    )
    _link(event, OutcomeSource.PAGE, by=by, deal=deal)
    return deal


@transaction.atomic
def link_by_code(*, code: str, ref: str, by: User) -> Outcome:
    """A participant says that one of the own deals or loan projects began at the event with this code.

    Raises:
        Invalid: no such code, nothing of the own organisation with this number, or it began before the event or later
            than two years after.
        NotAllowed: the organisation had no place at the event.
        Conflict: it counts for an event already.
    """
    if by.role not in (Role.SME, Role.HOLDER) or by.organisation_id is None:
        raise NotAllowed("只有参会企业和专利权人可以用活动代码登记成果。")
    event = _of_code(code)
    places = event.signups.filter(organisation_id=by.organisation_id, state=SignupState.CONFIRMED)
    if not places.exists():
        raise NotAllowed("贵单位没有参加该活动，请核对活动代码。")
    return _link(event, OutcomeSource.CODE, by=by, **_thing(ref, by, event))


@transaction.atomic
def link_by_hand(*, event_id: int, ref: str, by: User) -> Outcome:
    """An official links a deal or loan project of the portal to an event."""
    event = lock_managed(event_id, by)
    return _link(event, OutcomeSource.HAND, by=by, **_thing(ref, by, event))


@transaction.atomic
def link_by_plan(*, guest_id: int, host_id: int, thing: Deal | Project) -> Outcome | None:
    """Link what two organisations began, or went on with, after they sat at one table of a published plan.

    It goes to the latest event at which they met, within two years. None when they met nowhere, or it counts already.
    """
    meeting = latest_meeting(guest_id, host_id)
    if meeting is None or not _is_followed(meeting.plan.event, clock.today()):
        return None
    field = "deal" if isinstance(thing, Deal) else "project"
    # Locked, so that a second delivery of the same event finds the first one's row.
    type(thing)._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
    if Outcome.objects.standing().filter(**{field: thing}).exists():
        return None
    return _link(meeting.plan.event, OutcomeSource.PLAN, by=None, **{field: thing})


@transaction.atomic
def state_outcome(*, event_id: int, by: User, statement: Statement) -> Outcome:
    """Enter something that happened outside the portal, with its evidence.

    Raises:
        Invalid: no evidence, no amount where one belongs, or a day before the event, in the future, or after two years.
    """
    event = lock_managed(event_id, by)
    _check_statement(event, statement)
    row = Outcome.objects.create(
        event=event, basis=OutcomeBasis.STATEMENT, source=OutcomeSource.HAND, kind=statement.kind,
        amount=statement.amount, happened_on=statement.happened_on, description=statement.description.strip(),
        recorded_by=by,
    )  # fmt: skip
    attachments.attach(target=row, purpose="evidence", file=statement.file, file_name=statement.file.name, by=by)
    record(by=by, verb="登记活动成果", target=event, outcome_id=row.pk, kind=row.kind)
    announce("events.outcome.stated", event, outcome_id=row.pk)
    return row


@transaction.atomic
def void_outcome(*, event_id: int, outcome_id: int, by: User, reason: str) -> Outcome:
    """Take a link or statement back that was wrong; it stays on the books with the reason."""
    event = lock_managed(event_id, by)
    if not reason.strip():
        raise Invalid("请填写撤销原因。", field="reason")
    row = event.outcomes.standing().select_for_update().filter(pk=outcome_id).first()
    if row is None:
        raise NotFound("没有这条成果，或已撤销。")
    row.voided_at, row.void_reason = clock.now(), reason.strip()
    row.save(update_fields=["voided_at", "void_reason"])
    record(by=by, verb="撤销活动成果", target=event, note=row.void_reason, outcome_id=row.pk)
    announce("events.outcome.voided", event, outcome_id=row.pk)
    return row


def _link(event: Event, source: OutcomeSource, *, by: User | None, **thing: Any) -> Outcome:
    _require_free(thing)
    row = Outcome.objects.create(
        event=event,
        basis=OutcomeBasis.DEAL if "deal" in thing else OutcomeBasis.PROJECT,
        source=source,
        organisation=by.organisation if by and by.role in (Role.SME, Role.HOLDER) else None,
        recorded_by=by,
        **thing,
    )
    record(by=by, verb="关联活动成果", target=event, outcome_id=row.pk, source=str(source))
    announce("events.outcome.linked", event, outcome_id=row.pk, source=str(source))
    return row


def _require_free(thing: dict[str, Any]) -> None:
    """Refuse what counts for an event already; the row of the deal or project is locked against a second link."""
    for row in thing.values():
        type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    standing = Outcome.objects.standing().filter(**thing).select_related("event").first()
    if standing is not None:
        raise Conflict(f"已计入活动“{standing.event.title}”，一项成果只计一次。", code="counted", field="ref")


def _thing(ref: str, by: User, event: Event) -> dict[str, Any]:
    """The deal or project with this number that `by` may see, begun within the two years."""
    number = ref.strip()
    deal = Deal.objects.visible_to(by).filter(ref=number).first()
    project = None if deal else Project.objects.visible_to(by).filter(ref=number).first()
    if deal is not None:
        began_on = deal.opened_on
    elif project is not None:
        began_on = project.created_at.astimezone(clock.SHANGHAI).date()
    else:
        raise Invalid("没有这个编号的交易或融资项目。", field="ref")
    if not _is_followed(event, began_on):
        raise Invalid("该事项不在活动开始后两年内发生，不能计入。", field="ref")
    return {"deal": deal} if deal else {"project": project}


def _is_followed(event: Event, day: dt.date) -> bool:
    first = event.starts_at.astimezone(clock.SHANGHAI).date()
    return first <= day <= followed_until(event.ends_at.astimezone(clock.SHANGHAI).date())


def _check_statement(event: Event, statement: Statement) -> None:
    if statement.kind not in OutcomeKind.values:
        raise Invalid("请选择成果类型。", field="kind")
    if statement.file is None:
        raise Invalid("请上传证明材料。", field="file")
    if not statement.description.strip():
        raise Invalid("请说明成果的双方和内容。", field="description")
    if statement.kind in _MONEY_KINDS and not statement.amount:
        raise Invalid(f"{OutcomeKind(statement.kind).label}须填写金额。", field="amount")
    if statement.amount is not None and statement.amount <= 0:
        raise Invalid("金额应大于零。", field="amount")
    if statement.happened_on > clock.today():
        raise Invalid("发生日期不能在今天之后。", field="happened_on")
    if not _is_followed(event, statement.happened_on):
        raise Invalid("发生日期应在活动开始后两年内。", field="happened_on")


def _public(event_id: int) -> Event:
    event = Event.objects.filter(pk=event_id, state=EventState.PUBLISHED).first()
    if event is None:
        raise NotFound(GONE)
    return event


def _of_code(code: str) -> Event:
    event = Event.objects.filter(pk=key_of(code), state=EventState.PUBLISHED).first()
    if event is None:
        raise Invalid("没有使用该代码的活动。", field="code")
    return event
