"""The officials' pages, a file per part; Django finds them here."""

from events.admin.events import EventAdmin

__all__ = ["EventAdmin"]
