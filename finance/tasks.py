"""Jobs of finance."""

from celery import shared_task


@shared_task(acks_late=True)
def watch_collateral() -> None:
    """Recompute covers for what the calendar changes: fees in grace, valuations that ran out, life that is left."""
    from finance.services.collateral import review_all  # leaf: imported late on purpose

    review_all()


@shared_task(acks_late=True)
def lapse_projects() -> None:
    """End projects whose time in the pool is over, and tell firms whose end is near."""
    from finance.services.pool import lapse_ended  # leaf: imported late on purpose

    lapse_ended()


@shared_task(acks_late=True)
def chase_unanswered() -> None:
    """Remind institutions that have not answered in time, then their overseers."""
    from finance.services.clocks import chase_unanswered as chase  # leaf: imported late on purpose

    chase()
