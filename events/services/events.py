"""What officials do with an event: draft, publish, move, call off."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.db.models import F

from events.checks.events import EventFacts, check_event, check_organiser, check_times
from events.enums import EventState
from events.models import Event, EventMove, EventSeries, PlanMeeting
from events.services.agenda import check_shift
from events.services.moves import announce, lock_managed, require_editable, save, tell_participants
from events.services.places import fill_places
from events.workflow.events import EVENT_FLOW, ORGANISERS
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, WrongState

_TIME_AND_PLACE = ("starts_at", "ends_at", "place", "city_code")


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where and when an event takes place instead."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    reason: str


@transaction.atomic
def create_event(*, by: User, facts: EventFacts) -> Event:
    """Start a draft that only its officials see."""
    check_organiser(facts, by)
    check_event(facts)
    event = Event.objects.create(**_values(facts))
    record(by=by, verb="新建对接活动", target=event)
    return event


@transaction.atomic
def update_event(*, event_id: int, by: User, facts: EventFacts) -> Event:
    """Change a draft or a published event; calendars that took the latter see a newer version.

    Time and place of a published event are changed by `move_event`, which tells everybody. More places let those who
    wait move up at once.

    Raises:
        Invalid: names the field; an agenda slot would lie outside the event.
    """
    event = lock_managed(event_id, by)
    require_editable(event)
    check_organiser(facts, by)
    check_event(facts)
    if event.state == EventState.PUBLISHED:
        _refuse_silent_move(event, facts)
    _check_slots_within(event, facts.starts_at, facts.ends_at)
    save(event, **_values(facts))
    record(by=by, verb="修改对接活动", target=event)
    if event.state == EventState.PUBLISHED:
        announce("events.event.changed", event)
        fill_places(event)
    return event


@transaction.atomic
def publish_event(*, event_id: int, by: User) -> Event:
    """Show a draft to everybody. An event that is over cannot be announced any more."""
    event = _move_state(event_id, EventState.PUBLISHED, by=by, published_at=clock.now())
    record(by=by, verb="发布对接活动", target=event)
    announce("events.event.published", event)
    return event


@transaction.atomic
def cancel_event(*, event_id: int, by: User, reason: str) -> Event:
    """Call a published event off; it stays on its page with the reason, and everybody who signed up is told."""
    why = _reason(reason, "请填写取消原因，公众能看到。")
    event = _move_state(event_id, EventState.CANCELLED, by=by, cancel_reason=why)
    event.slots.update(is_standing=False)
    PlanMeeting.objects.filter(plan__event=event).update(is_standing=False)
    to_call = tell_participants(event, "events.event.cancelled", f"活动取消：{event.title}", f"取消原因：{why}")
    record(by=by, verb="取消对接活动", target=event, note=why, to_call=to_call)
    announce("events.event.cancelled", event)
    return event


@transaction.atomic
def move_event(*, event_id: int, by: User, to: NewPlace) -> EventMove:
    """Put a published event to another time or place; the agenda and the end of signing up move along, all are told.

    Raises:
        WrongState: it has begun, or is not published.
        Invalid: nothing changes, the end is not after the start, or the agenda does not fit the new time.
        Conflict: a speaker is elsewhere at the new time, or tables are planned: the plan is taken back first.
    """
    event = lock_managed(event_id, by)
    why = _reason(to.reason, "请填写变更原因，参会人员能看到。", field="reason")
    _require_movable(event)
    place = to.place.strip()
    check_times(to.starts_at, to.ends_at)
    if not place:
        raise Invalid("请填写活动地点。", field="place")
    if to.starts_at <= clock.now():
        raise Invalid("新的开始时间已经过去。", field="starts_at")
    if (to.starts_at, to.ends_at, place) == (event.starts_at, event.ends_at, event.place):
        raise Invalid("时间和地点都没有变化。", field="starts_at")
    move = EventMove(
        event=event, from_starts_at=event.starts_at, from_ends_at=event.ends_at, from_place=event.place,
        to_starts_at=to.starts_at, to_ends_at=to.ends_at, to_place=place, reason=why, made_by=by,
    )  # fmt: skip
    _shift(event, move)
    move.save()
    to_call = tell_participants(event, "events.event.moved", f"活动变更：{event.title}", _told(move))
    record(by=by, verb="变更活动时间地点", target=event, note=why, to_call=to_call)
    announce("events.event.moved", event, move_id=move.pk)
    return move


@transaction.atomic
def save_series(*, by: User, name: str, summary: str = "", series_id: int | None = None) -> EventSeries:
    """Start a series of events, or rename one."""
    if by.role not in ORGANISERS:
        raise NotAllowed("只有省级和市级管理人员可以管理活动系列。")
    if not name.strip():
        raise Invalid("请填写系列名称。", field="name")
    series = EventSeries.objects.select_for_update().get(pk=series_id) if series_id else EventSeries()
    if EventSeries.objects.filter(name=name.strip()).exclude(pk=series.pk or 0).exists():
        raise Conflict("已有同名系列。", field="name")
    series.name, series.summary = name.strip(), summary.strip()
    series.save()
    record(by=by, verb="保存活动系列", target=series)
    return series


def _require_movable(event: Event) -> None:
    if event.state != EventState.PUBLISHED:
        raise WrongState(f"当前状态为“{event.get_state_display()}”，不能变更时间地点。")
    if event.has_begun:
        raise WrongState("活动已经开始，不能变更时间地点。")


def _shift(event: Event, move: EventMove) -> None:
    """Move the event, its agenda and the end of signing up by as much as the start moves."""
    by_time = move.to_starts_at - move.from_starts_at
    check_shift(event, by_time, move)
    slots = event.slots.all()
    # Out of the way of one another while they move: a speaker's next slot may begin where this one ends.
    slots.update(is_standing=False)
    slots.update(starts_at=F("starts_at") + by_time, ends_at=F("ends_at") + by_time)
    slots.update(is_standing=True)
    closes = event.signup_closes_at and min(event.signup_closes_at + by_time, move.to_ends_at)
    save(event, starts_at=move.to_starts_at, ends_at=move.to_ends_at, place=move.to_place, signup_closes_at=closes)


def _told(move: EventMove) -> str:
    times = [f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}" for at in (move.from_starts_at, move.to_starts_at)]
    return f"原定 {times[0]}（{move.from_place}），改为 {times[1]}（{move.to_place}）。变更原因：{move.reason}"


def _refuse_silent_move(event: Event, facts: EventFacts) -> None:
    for field in _TIME_AND_PLACE:
        if getattr(facts, field) != getattr(event, field):
            raise Invalid("活动已发布，改时间地点请用“变更时间地点”，系统会通知已报名者。", field=field)


def _check_slots_within(event: Event, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    outside = event.slots.exclude(starts_at__gte=starts_at, ends_at__lte=ends_at).first()
    if outside is not None:
        raise Invalid(f"议程“{outside.title}”不在活动时间内，请先调整议程。", field="starts_at")


def _move_state(event_id: int, to: EventState, *, by: User, **values: Any) -> Event:
    event = lock_managed(event_id, by)
    EVENT_FLOW.require(event.state, to, actor=by)
    if event.is_over:
        raise WrongState(f"活动已结束，不能变更为“{to.label}”。")
    save(event, state=to, **values)
    return event


def _reason(text: str, refusal: str, *, field: str = "note") -> str:
    if not text.strip():
        raise Invalid(refusal, field=field)
    return text.strip()


def _values(facts: EventFacts) -> dict[str, Any]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}
