"""Verbs that write, a file per part."""

from patents.services.pool import update_listing

__all__ = ["update_listing"]
