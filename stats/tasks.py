"""Jobs of the statistics. Each may run twice, and at the same time: a second one waits and finds nothing to do."""

from celery import shared_task


@shared_task(acks_late=True)
def refresh_changes() -> None:
    """Let the numbers follow what changed."""
    from stats.enums.figures import RefreshKind  # leaf: imported late on purpose
    from stats.services.refresh import refresh  # leaf: imported late on purpose

    refresh(kind=RefreshKind.CHANGES)


@shared_task(acks_late=True)
def count_everything() -> None:
    """Look for suspicious deals and compute all numbers anew, once a day."""
    from stats.enums.figures import RefreshKind  # leaf: imported late on purpose
    from stats.services.refresh import refresh  # leaf: imported late on purpose
    from stats.services.suspicions import find_suspicions  # leaf: imported late on purpose

    refresh(kind=RefreshKind.ALL)
    if find_suspicions():
        refresh(kind=RefreshKind.CHANGES)


@shared_task(acks_late=True)
def chase_work() -> None:
    """Chase late tasks of the work plan and sheets of collections, batch by batch."""
    from stats.services import collection, workplan  # leaf: imported late on purpose

    while workplan.chase_overdue() == workplan.CHASE_BATCH:
        pass
    while collection.chase_sheets() == collection.CHASE_BATCH:
        pass
