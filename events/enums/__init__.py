"""Stored codes of events, a file per part."""

from events.enums.events import EventKind, EventState

__all__ = ["EventKind", "EventState"]
