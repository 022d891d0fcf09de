"""Workflow tables: which move is allowed from which state, and to whom."""

from portal.flow.table import Flow

__all__ = ["Flow"]
