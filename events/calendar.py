"""One event as a calendar file (RFC 5545)."""

import datetime as dt

from icalendar import Calendar
from icalendar import Event as CalendarEntry

from events.enums import EventState
from events.models import Event
from portal import regions

PRODUCT = "-//Patent Portal//Events//ZH"


def calendar_file(event: Event, *, host: str, url: str) -> bytes:
    """The event for a calendar program. Times are UTC; a later version replaces an earlier by UID and SEQUENCE."""
    entry = CalendarEntry()
    entry.add("uid", f"event-{event.pk}@{host}")
    entry.add("sequence", event.version)
    entry.add("dtstamp", event.updated_at.astimezone(dt.UTC))
    entry.add("dtstart", event.starts_at.astimezone(dt.UTC))
    entry.add("dtend", event.ends_at.astimezone(dt.UTC))
    entry.add("summary", event.title)
    entry.add("description", event.cancel_reason or event.summary)
    entry.add("location", f"{regions.name_of(event.city_code)}{event.place}")
    entry.add("categories", [event.get_kind_display()])
    entry.add("url", url)
    entry.add("status", "CANCELLED" if event.state == EventState.CANCELLED else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if event.state == EventState.CANCELLED else "PUBLISH")
    calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content
