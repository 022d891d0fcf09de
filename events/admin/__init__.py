"""The admin of events, a file per part."""

from events.admin import events

__all__ = ["events"]
