"""Validation that forms and services share, a file per part."""

from events.checks.events import EventFacts, check_event, check_organiser

__all__ = ["EventFacts", "check_event", "check_organiser"]
