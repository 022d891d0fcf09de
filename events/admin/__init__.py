"""The officials' pages, a file per part; Django finds them here."""

from events.admin.events import EventAdmin, EventReportAdmin, EventSeriesAdmin

__all__ = ["EventAdmin", "EventReportAdmin", "EventSeriesAdmin"]
