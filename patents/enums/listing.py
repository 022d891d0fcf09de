"""States of an offer in the pool."""

from django.db.models import TextChoices


class ListingState(TextChoices):
    DRAFT = "draft", "待完善"
    LISTED = "listed", "在库"
    EXPIRED = "expired", "到期退出"
    WITHDRAWN = "withdrawn", "主动撤回"
    REMOVED = "removed", "移出"


OPEN_LISTINGS = frozenset({ListingState.DRAFT, ListingState.LISTED})
"""A patent has at most one of these."""
