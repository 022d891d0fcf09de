"""Verbs that write, a file per part."""

from events.services.events import cancel_event, create_event, publish_event, update_event

__all__ = ["cancel_event", "create_event", "publish_event", "update_event"]
