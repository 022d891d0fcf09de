"""The tables of events, a file per part."""

from events.models.events import Event, EventQuerySet

__all__ = ["Event", "EventQuerySet"]
