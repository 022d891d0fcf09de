"""The officials' pages, a file per part; Django finds them here."""

from patents.admin.pool import PatentAdmin

__all__ = ["PatentAdmin"]
