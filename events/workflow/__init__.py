"""Who may move a row of events from which state to which, a file per part."""

from events.workflow.events import EDITABLE, EVENT_FLOW, ORGANISERS

__all__ = ["EDITABLE", "EVENT_FLOW", "ORGANISERS"]
