"""Tables of the app, a file per part; Django finds them here."""

from patents.models.pool import Patent, PatentQuerySet

__all__ = ["Patent", "PatentQuerySet"]
