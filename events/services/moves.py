"""Steps that the verbs share; each runs inside the verb's transaction."""

from typing import Any

from events.models import Event
from events.workflow.events import EDITABLE
from portal import clock
from portal.accounts.models import Organisation, User
from portal.errors import NotFound, WrongState
from portal.notices.services import Message, notify_many
from portal.outbox.services import publish

GONE = "没有这个活动。"


def lock_managed(event_id: int, by: User) -> Event:
    """The event that `by` answers for, its row locked until the transaction ends. Raises NotFound."""
    try:
        return Event.objects.managed_by(by).select_for_update(of=("self",)).get(pk=event_id)
    except Event.DoesNotExist as error:
        raise NotFound(GONE) from error


def lock_public(event_id: int, by: User | None) -> Event:
    """The event that `by` (or anybody, None) may see, locked. Raises NotFound."""
    rows = Event.objects.published() if by is None else Event.objects.visible_to(by)
    try:
        return rows.select_for_update(of=("self",)).get(pk=event_id)
    except Event.DoesNotExist as error:
        raise NotFound(GONE) from error


def require_editable(event: Event) -> None:
    """Refuse a change of what was called off."""
    if event.state not in EDITABLE:
        raise WrongState(f"当前状态为“{event.get_state_display()}”，不能修改。")


def save(event: Event, **values: Any) -> None:
    """Write the values and a newer version, so that calendars take the event anew."""
    changed = {**values, "version": event.version + 1, "updated_at": clock.now()}
    for name, value in changed.items():
        setattr(event, name, value)
    event.save(update_fields=list(changed))


def announce(name: str, event: Event, **facts: Any) -> None:
    """Publish an outbox event about the event."""
    publish(name, key=f"event-{event.pk}", event_id=event.pk, city_code=event.city_code, **facts)


def tell_participants(event: Event, kind: str, title: str, body: str) -> int:
    """Tell every organisation with a standing sign-up; returns how many persons must be called by telephone.

    A person who came without an account has no in-tray: the organiser is told how many these are.
    """
    link = event.get_absolute_url()
    standing = event.signups.standing()
    organisations = Organisation.objects.filter(pk__in=standing.values("organisation_id")).order_by("pk")
    messages = [Message(organisation, title, body, link) for organisation in organisations]
    to_call = standing.filter(organisation__isnull=True).count()
    if to_call:
        note = f"有 {to_call} 人未通过平台账号报名，请按报名表电话通知。"
        messages.append(Message(event.organiser, title, note, f"{link}manage/signups/"))
    notify_many(kind=kind, messages=messages)
    return to_call
