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
