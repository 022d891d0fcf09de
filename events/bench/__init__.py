"""Rows of the bench, a file per part."""

from events.bench.calendar import calendar
from events.bench.tables import table_plan

__all__ = ["calendar", "table_plan"]
