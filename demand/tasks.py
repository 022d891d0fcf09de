"""Jobs of matching. Each may run twice, and at the same time."""

from celery import shared_task

BATCH = 100


@shared_task(acks_late=True)
def match_demand(*, demand_id: int) -> None:
    """Match one need that was just published."""
    from demand import services  # leaf: imported late on purpose

    services.match_demand(demand_id=demand_id)


@shared_task(acks_late=True)
def match_waiting() -> None:
    """Match a batch of needs that wait; a full batch asks for the next."""
    from demand import services  # leaf: imported late on purpose

    if services.match_waiting(limit=BATCH) == BATCH:
        match_waiting.delay()


@shared_task(acks_late=True)
def match_everything() -> None:
    """Let all published needs be matched against tonight's pool, in batches that any worker takes."""
    from demand import services  # leaf: imported late on purpose

    if services.rematch_published():
        match_waiting.delay()


@shared_task(acks_late=True)
def expire_due() -> None:
    """Let needs expire whose term is over; a full batch asks for the next."""
    from demand.services import terms  # leaf: imported late on purpose

    if terms.expire_due() == terms.BATCH:
        expire_due.delay()


@shared_task(acks_late=True)
def tell_watchers() -> None:
    """One notice a day to each organisation with news; a full batch asks for the next."""
    from demand.services import watches  # leaf: imported late on purpose

    if watches.tell_watchers() == watches.BATCH:
        tell_watchers.delay()


@shared_task(acks_late=True)
def compute_quality() -> None:
    """The board's rows of the weeks that ended last."""
    from demand.services.quality import compute_last_weeks  # leaf: imported late on purpose

    compute_last_weeks()
