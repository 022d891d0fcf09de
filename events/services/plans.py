"""Making, pinning, showing and taking back the table plan of an event."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError

from events.enums import EventState, PlanState, SlotKind
from events.models import AgendaSlot, Event, MeetingTable, PlanMeeting, TablePlan
from events.policy.slots import Span, cut_slots
from events.policy.tables import Meeting, Pair, Plan, Reason, Weights, Why, reasons_of
from events.queries.plans import PlanFacts, facts_for
from events.workflow.plans import PLAN_FLOW
from portal import clock
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.notices.services import Message, notify_many
from portal.outbox.services import publish

log = structlog.get_logger(__name__)

MOST_TABLES = 200
BUSY = "正在计算，请稍候。"
OVERDUE = dt.timedelta(seconds=60)
"""A calculation asked for longer ago is taken up by beat: its message was lost."""


@dataclass(frozen=True, slots=True)
class Layout:
    """When the talks take place and at how many tables; lengths in minutes."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    slot_minutes: int
    gap_minutes: int
    table_count: int


def lock_for_plan(event_id: int, by: User) -> Event:
    """The event whose plan `by` may change, its row locked. Raises NotFound, or WrongState when it is not to come."""
    event = Event.objects.managed_by(by).select_for_update(of=("self",)).filter(pk=event_id).first()
    if event is None:
        raise NotFound("没有这个活动。")
    if event.state == EventState.CANCELLED or event.is_over:
        raise WrongState("活动已取消或者已结束，不能再排桌。")
    return event


@transaction.atomic
def lay_rounds(*, event_id: int, by: User, layout: Layout) -> list[AgendaSlot]:
    """Cut the time into slots for talks beside all other parts of the agenda, and set the tables up.

    Slots and tables that stood before are replaced.

    Raises:
        Invalid: the time lies outside the event, or holds no slot.
        Conflict: meetings are planned already.
    """
    event = lock_for_plan(event_id, by)
    _require_still(event)
    require_no_meetings(event)
    if layout.starts_at < event.starts_at or layout.ends_at > event.ends_at or layout.ends_at <= layout.starts_at:
        raise Invalid("洽谈时间应在活动时间之内，结束晚于开始。", field="starts_at")
    if not 1 <= layout.table_count <= MOST_TABLES:
        raise Invalid(f"洽谈桌应为 1 至 {MOST_TABLES} 张。", field="table_count")
    within = Span(layout.starts_at, layout.ends_at)
    others = [Span(slot.starts_at, slot.ends_at) for slot in event.slots.exclude(kind=SlotKind.MEETING)]
    breaks = [_inside(other, within) for other in others if other.overlaps(within)]
    spans = cut_slots(within, minutes=layout.slot_minutes, gap=layout.gap_minutes, breaks=breaks)
    event.slots.filter(kind=SlotKind.MEETING).delete()
    event.tables.all().delete()
    slots = AgendaSlot.objects.bulk_create(
        AgendaSlot(
            event=event,
            kind=SlotKind.MEETING,
            title=f"一对一洽谈第 {number} 轮",
            starts_at=span.starts_at,
            ends_at=span.ends_at,
        )
        for number, span in enumerate(spans, 1)
    )
    MeetingTable.objects.bulk_create(
        MeetingTable(event=event, number=number) for number in range(1, layout.table_count + 1)
    )
    record(by=by, verb="生成洽谈时段和桌位", target=event, slots=len(slots), tables=layout.table_count)
    _tell(event, "laid")
    return slots


def _inside(other: Span, within: Span) -> Span:
    return Span(max(other.starts_at, within.starts_at), min(other.ends_at, within.ends_at))


def require_no_meetings(event: Event) -> None:
    """Refuse to move what a plan stands on. Raises Conflict."""
    if PlanMeeting.objects.filter(plan__event=event).exists():
        raise Conflict("活动已排出洽谈桌，请先撤销排桌。")


@transaction.atomic
def request_plan(*, event_id: int, by: User) -> TablePlan:
    """Ask for the plan to be computed by a worker; what is pinned stays, all else is found anew.

    Raises:
        Invalid: what the plan would be made from contradicts itself; nothing is queued.
        WrongState: a calculation is under way.
    """
    event = lock_for_plan(event_id, by)
    facts_for(event)
    plan = TablePlan.objects.select_for_update().filter(event=event).first()
    if plan is None:
        plan = TablePlan.objects.create(event=event, state=PlanState.QUEUED, requested_by=by)
    else:
        PLAN_FLOW.require(plan.state, PlanState.QUEUED, actor=by)
        _save(plan, state=PlanState.QUEUED, number=plan.number + 1, requested_at=clock.now(), requested_by=by)
    record(by=by, verb="提交排桌计算", target=plan, number=plan.number)
    _tell(event, "requested")
    _queue(plan)
    return plan


def _queue(plan: TablePlan) -> None:
    """Ask a worker once the transaction is over; a broker that is down costs only time (`compute_waiting`)."""
    from events.tasks import compute_plan as task  # leaf: imported late on purpose

    given = {"plan_id": plan.pk, "number": plan.number}

    def send() -> None:
        try:
            task.apply_async(kwargs=given, retry=False)
        except OperationalError:
            log.warning("plan_queue_failed", **given)

    transaction.on_commit(send)


def compute_waiting() -> int:
    """Compute the plans whose message was lost; says how many."""
    waiting = TablePlan.objects.filter(state=PlanState.QUEUED, requested_at__lt=clock.now() - OVERDUE)
    found = list(waiting.order_by("requested_at").values_list("pk", "number")[:5])
    for plan_id, number in found:
        compute_plan(plan_id=plan_id, number=number)
    return len(found)


def compute_plan(*, plan_id: int, number: int) -> None:
    """Compute a plan that waits. One that was overtaken, or computed already, is left alone.

    The arithmetic runs outside any transaction: it takes seconds. What cannot be planned becomes the plan's failure,
    with the reason on the officials' page; meetings that stood before stay then.
    """
    from events.policy.seating import make_plan  # slow import: scipy

    plan = TablePlan.objects.select_related("event").filter(pk=plan_id, number=number, state=PlanState.QUEUED).first()
    if plan is None:
        return
    try:
        facts = facts_for(plan.event)
        _write(plan_id, number, facts, make_plan(facts.problem))
    except Invalid as refusal:
        _fail(plan_id, number, refusal.message)
    except IntegrityError:
        _fail(plan_id, number, "计算期间时段、桌位或者另一场活动的排桌有变化，请重新计算。")


@transaction.atomic
def _write(plan_id: int, number: int, facts: PlanFacts, found: Plan) -> None:
    plan = _still_waiting(plan_id, number)
    if plan is None:
        return
    # Pinned meetings are the same rows as before: who looks at one keeps it.
    plan.meetings.filter(is_pinned=False).delete()
    PlanMeeting.objects.bulk_create(_row(plan, facts, one) for one in found.meetings if not one.is_pinned)
    PLAN_FLOW.require(plan.state, PlanState.READY, actor=None)
    _save(
        plan,
        state=PlanState.READY,
        computed_at=clock.now(),
        total_points=found.total,
        bound_points=max(found.bound, found.total),
        failure="",
        unmet=[asdict(one) for one in found.unmet],
        weights=asdict(facts.problem.weights),
    )
    record(by=None, verb="算出洽谈排桌", target=plan, meetings=len(found.meetings), points=found.total)
    _tell(plan.event, "computed")


@transaction.atomic
def _fail(plan_id: int, number: int, message: str) -> None:
    plan = _still_waiting(plan_id, number)
    if plan is None:
        return
    PLAN_FLOW.require(plan.state, PlanState.FAILED, actor=None)
    _save(plan, state=PlanState.FAILED, failure=message[:500])
    record(by=None, verb="未能排出洽谈", target=plan, note=message)
    _tell(plan.event, "failed")


def _still_waiting(plan_id: int, number: int) -> TablePlan | None:
    rows = TablePlan.objects.select_for_update(of=("self",)).select_related("event")
    return rows.filter(pk=plan_id, number=number, state=PlanState.QUEUED).first()


def _row(plan: TablePlan, facts: PlanFacts, one: Meeting) -> PlanMeeting:
    slot = facts.slots[one.slot]
    return PlanMeeting(
        plan=plan,
        slot=slot,
        table=facts.tables[one.table],
        guest_id=one.guest,
        host_id=one.host,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        points=one.value,
        reasons=_stored(one.reasons, facts.sources.get((one.guest, one.host), {})),
    )


def _stored(reasons: tuple[Reason, ...], source: dict[str, str]) -> list[dict[str, Any]]:
    """The reasons as the row keeps them; a match says which need and patent, or which project, it is of."""
    return [
        {"code": str(one.code), "points": one.points, **(source if one.code == Why.MATCH else {})} for one in reasons
    ]


@transaction.atomic
def set_pin(*, meeting_id: int, by: User, is_pinned: bool) -> PlanMeeting:
    """Fix a meeting where it is, or let the next calculation move it."""
    meeting = PlanMeeting.objects.select_related("plan").filter(pk=meeting_id).first()
    if meeting is None:
        raise NotFound("没有这场洽谈。")
    event = lock_for_plan(meeting.plan.event_id, by)
    _require_still(event)
    meeting = PlanMeeting.objects.select_for_update(of=("self",)).filter(pk=meeting_id).first()
    if meeting is None:
        raise NotFound("没有这场洽谈。")
    meeting.is_pinned = is_pinned
    meeting.save(update_fields=["is_pinned"])
    record(by=by, verb="固定洽谈" if is_pinned else "取消固定洽谈", target=meeting)
    _tell(event, "pinned")
    return meeting


@dataclass(frozen=True, slots=True)
class Seat:
    """Who is to meet whom, where and when."""

    guest_id: int
    host_id: int
    slot_id: int
    table_id: int


@transaction.atomic
def pin_pair(*, event_id: int, by: User, seat: Seat) -> PlanMeeting:
    """Put two parties at a table by hand. Meetings in the way that are not pinned give way; compute anew after it.

    Raises:
        Invalid: names what stands against it (not coming, refusal, conflict, not free then).
        Conflict: a pinned meeting is in the way, or the firm sits at a table of another event.
    """
    event = lock_for_plan(event_id, by)
    facts = facts_for(event)
    slot, table, pair = _checked(facts, seat)
    plan, _ = TablePlan.objects.select_for_update().get_or_create(
        event=event, defaults={"state": PlanState.READY, "requested_by": by}
    )
    _require_still(event)
    _make_way(plan, seat)
    try:
        with transaction.atomic():
            meeting = PlanMeeting.objects.create(
                plan=plan,
                slot=slot,
                table=table,
                guest_id=seat.guest_id,
                host_id=seat.host_id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                points=sum(one.points for one in reasons_of(pair, Weights())),
                reasons=_stored(
                    reasons_of(pair, Weights()), facts.sources.get((seat.guest_id, seat.host_id), {})
                ),
                is_pinned=True,
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("该企业在这个时间已排入另一场活动。", field="guest") from error
    total = sum(plan.meetings.values_list("points", flat=True))
    _save(plan, total_points=total, bound_points=max(total, plan.bound_points))
    record(by=by, verb="指定洽谈", target=meeting)
    _tell(event, "pinned")
    return meeting


def _checked(facts: PlanFacts, seat: Seat) -> tuple[AgendaSlot, MeetingTable, Pair]:
    problem = facts.problem
    guest = next((one for one in problem.guests if one.key == seat.guest_id), None)
    host = next((one for one in problem.hosts if one.key == seat.host_id), None)
    place = next((place for place, one in enumerate(facts.slots) if one.pk == seat.slot_id), None)
    table = next((one for one in facts.tables if one.pk == seat.table_id), None)
    if guest is None:
        raise Invalid("该企业没有报名成功。", field="guest")
    if host is None:
        raise Invalid("对方没有报名成功。", field="host")
    if place is None:
        raise Invalid("该时段不是本活动的洽谈时段。", field="slot")
    if table is None:
        raise Invalid("该桌不是本活动的洽谈桌。", field="table")
    pair = problem.pair_of.get((guest.key, host.key), Pair(guest.key, host.key))
    if not pair.is_open:
        raise Invalid(f"双方不能同桌：{pair.conflict or '有一方选择不见'}。", field="host")
    if place not in guest.slots:
        raise Invalid("该企业在这个时段不能参加。", field="slot")
    if place not in host.slots:
        raise Invalid("对方在这个时段不能参加。", field="slot")
    return facts.slots[place], table, pair


def _make_way(plan: TablePlan, seat: Seat) -> None:
    """Take away what stands in the way, unless it is pinned."""
    same_slot = plan.meetings.filter(slot_id=seat.slot_id)
    blocking = (
        same_slot.filter(guest_id=seat.guest_id)
        | same_slot.filter(host_id=seat.host_id)
        | same_slot.filter(table_id=seat.table_id)
        | plan.meetings.filter(guest_id=seat.guest_id, host_id=seat.host_id)
    )
    pinned = blocking.filter(is_pinned=True).select_related("guest", "host", "slot").first()
    if pinned is not None:
        raise Conflict(f"与已固定的洽谈冲突：{pinned.slot} {pinned}。请先取消固定。")
    blocking.delete()


def _require_still(event: Event) -> None:
    if TablePlan.objects.filter(event=event, state=PlanState.QUEUED).exists():
        raise WrongState(BUSY)


@transaction.atomic
def publish_plan(*, event_id: int, by: User) -> TablePlan:
    """Show every party its own meetings and tell them."""
    event = lock_for_plan(event_id, by)
    plan = _locked_plan(event)
    PLAN_FLOW.require(plan.state, PlanState.PUBLISHED, actor=by)
    if not plan.meetings.exists():
        raise Invalid("还没有排出洽谈，不能公布。")
    if event.state != EventState.PUBLISHED:
        raise WrongState("活动还没有发布，不能公布排桌。")
    _save(plan, state=PlanState.PUBLISHED, published_at=clock.now())
    record(by=by, verb="公布洽谈排桌", target=plan)
    _tell(event, "published")
    link = f"{event.get_absolute_url()}timetable/"
    title = f"洽谈安排已公布：{event.title}"
    _notify(plan, "events.plan.published", title, "请查看本单位的洽谈时间、桌号和对方。", link)
    return plan


@transaction.atomic
def release_plan(*, event_id: int, by: User, reason: str) -> None:
    """Take the whole plan back, pins too; afterwards the event can be moved. Who had seen it is told why."""
    event = lock_for_plan(event_id, by)
    if not reason.strip():
        raise Invalid("请填写撤销原因，参会单位能看到。", field="reason")
    plan = _locked_plan(event)
    if plan.state == PlanState.PUBLISHED:
        title = f"洽谈安排已撤销：{event.title}"
        _notify(plan, "events.plan.released", title, f"原因：{reason.strip()}", event.get_absolute_url())
    record(by=by, verb="撤销洽谈排桌", target=plan, note=reason.strip(), meetings=plan.meetings.count())
    plan.meetings.all().delete()
    plan.delete()
    _tell(event, "released")


def _locked_plan(event: Event) -> TablePlan:
    plan = TablePlan.objects.select_for_update(of=("self",)).filter(event=event).first()
    if plan is None:
        raise NotFound("还没有排桌。")
    return plan


def _notify(plan: TablePlan, kind: str, title: str, body: str, link: str) -> None:
    sides = plan.meetings.values_list("guest_id", "host_id")
    parties = Organisation.objects.filter(pk__in={pk for pair in sides for pk in pair}).order_by("pk")
    notify_many(kind=kind, messages=[Message(one, title, body, link) for one in parties])


def _save(plan: TablePlan, **values: Any) -> None:
    for name, value in values.items():
        setattr(plan, name, value)
    plan.save(update_fields=list(values))


def _tell(event: Event, verb: str) -> None:
    publish(f"events.plan.{verb}", key=f"event-{event.pk}", event_id=event.pk)
