"""Housekeeping of the record of changes."""

import datetime as dt

from patents.columns.models import SearchChange
from patents.columns.store import PRUNE_AFTER_HOURS
from portal import clock


def prune_changes() -> int:
    """Forget changes older than PRUNE_AFTER_HOURS; says how many."""
    return SearchChange.objects.filter(at__lt=clock.now() - dt.timedelta(hours=PRUNE_AFTER_HOURS)).delete()[0]
