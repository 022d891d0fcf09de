"""Events for calendar programs (RFC 5545): one as a file, all as a feed to subscribe to."""

import datetime as dt
from collections.abc import Callable, Iterable

from icalendar import Calendar
from icalendar import Event as CalendarEntry

from events.enums import EventState
from events.models import Event
from portal import regions

PRODUCT = "-//Patent Portal//Events//ZH"
FEED_NAME = "专利转化对接活动"
REFRESH = dt.timedelta(hours=6)


def calendar_file(event: Event, *, host: str, url: str) -> bytes:
    """The event for a calendar program. Times are UTC; a later version replaces an earlier by UID and SEQUENCE."""
    calendar = _calendar()
    calendar.add("method", "CANCEL" if event.state == EventState.CANCELLED else "PUBLISH")
    calendar.add_component(_entry(event, host=host, url=url))
    content: bytes = calendar.to_ical()
    return content


def calendar_feed(events: Iterable[Event], *, host: str, url_of: Callable[[Event], str]) -> bytes:
    """The events as one calendar to subscribe to; what was called off stays in it, marked as such."""
    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    calendar.add("name", FEED_NAME)
    calendar.add("x-wr-calname", FEED_NAME)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_entry(event, host=host, url=url_of(event)))
    content: bytes = calendar.to_ical()
    return content


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _entry(event: Event, *, host: str, url: str) -> CalendarEntry:
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
    return entry
