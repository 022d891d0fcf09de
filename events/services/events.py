"""What officials do with an event."""

from dataclasses import fields
from typing import Any

from django.db import transaction

from events.checks.events import EventFacts, check_event, check_organiser
from events.enums import EventState
from events.models import Event
from events.workflow.events import EDITABLE, EVENT_FLOW
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid, NotFound, WrongState
from portal.outbox.services import publish


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
    """Change a draft or a published event; calendars that took the latter see a newer version."""
    event = _lock(event_id, by)
    if event.state not in EDITABLE:
        raise WrongState(f"当前状态为“{event.get_state_display()}”，不能修改。")
    check_organiser(facts, by)
    check_event(facts)
    _save(event, **_values(facts))
    record(by=by, verb="修改对接活动", target=event)
    if event.state == EventState.PUBLISHED:
        _publish("events.event.changed", event)
    return event


@transaction.atomic
def publish_event(*, event_id: int, by: User) -> Event:
    """Show a draft to everybody. An event that is over cannot be announced any more."""
    event = _move(event_id, EventState.PUBLISHED, by=by)
    record(by=by, verb="发布对接活动", target=event)
    _publish("events.event.published", event)
    return event


@transaction.atomic
def cancel_event(*, event_id: int, by: User, reason: str) -> Event:
    """Call a published event off; it stays on its page with the reason."""
    if not reason.strip():
        raise Invalid("请填写取消原因，公众能看到。", field="note")
    event = _move(event_id, EventState.CANCELLED, by=by, cancel_reason=reason.strip())
    record(by=by, verb="取消对接活动", target=event, note=reason.strip())
    _publish("events.event.cancelled", event)
    return event


def _lock(event_id: int, by: User) -> Event:
    rows = Event.objects.managed_by(by).select_for_update(of=("self",))
    try:
        return rows.get(pk=event_id)
    except Event.DoesNotExist as error:
        raise NotFound("没有这个活动。") from error


def _move(event_id: int, to: EventState, *, by: User, **values: Any) -> Event:
    event = _lock(event_id, by)
    EVENT_FLOW.require(event.state, to, actor=by)
    if event.is_over:
        raise WrongState(f"活动已结束，不能变更为“{to.label}”。")
    _save(event, state=to, **values)
    return event


def _save(event: Event, **values: Any) -> None:
    changed = {**values, "version": event.version + 1, "updated_at": clock.now()}
    for name, value in changed.items():
        setattr(event, name, value)
    event.save(update_fields=list(changed))


def _values(facts: EventFacts) -> dict[str, Any]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def _publish(name: str, event: Event) -> None:
    publish(name, key=f"event-{event.pk}", event_id=event.pk, city_code=event.city_code)
