"""What an agenda slot must state."""

import datetime as dt
from dataclasses import dataclass

from events.enums import SlotKind
from events.models import AgendaSlot, Event, Speaker
from portal import clock
from portal.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """One part of the day."""

    kind: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    room: str = ""
    speaker: Speaker | None = None


def check_slot(event: Event, facts: SlotFacts) -> None:
    """Refuse a slot that is outside its event, or ends before it begins."""
    if facts.kind not in SlotKind.values:
        raise Invalid("请选择议程类型。", field="kind")
    if not facts.title.strip():
        raise Invalid("请填写议程名称。", field="title")
    if facts.ends_at <= facts.starts_at:
        raise Invalid("议程的结束时间应晚于开始时间。", field="ends_at")
    if facts.starts_at < event.starts_at:
        raise Invalid(f"议程不能早于活动开始（{_at(event.starts_at)}）。", field="starts_at")
    if facts.ends_at > event.ends_at:
        raise Invalid(f"议程不能晚于活动结束（{_at(event.ends_at)}）。", field="ends_at")


def check_speaker(speaker: Speaker, starts_at: dt.datetime, ends_at: dt.datetime, *, but: int | None = None) -> None:
    """Refuse a speaker who is elsewhere then, whose row the caller has locked; `but` is an event to leave out."""
    rows = AgendaSlot.objects.filter(
        speaker=speaker, is_standing=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).select_related("event")
    if but is not None:
        rows = rows.exclude(event_id=but)
    elsewhere = rows.order_by("starts_at").first()
    if elsewhere is not None:
        when = f"{_at(elsewhere.starts_at)} 至 {_at(elsewhere.ends_at)}"
        raise Conflict(
            f"{speaker.name}在此时段已有安排：“{elsewhere.event.title}”的“{elsewhere.title}”（{when}）。",
            code="speaker_elsewhere",
            field="speaker",
        )


def _at(moment: dt.datetime) -> str:
    return f"{moment.astimezone(clock.SHANGHAI):%m-%d %H:%M}"
