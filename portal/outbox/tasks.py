"""Jobs of the outbox."""

from celery import shared_task


# A wake-up that waited this long is stale: beat has sent newer ones.
@shared_task(expires=30)
def deliver_due() -> None:
    """Deliver what is due; started by beat every two seconds and by each commit that adds a delivery."""
    from portal.outbox import sending  # leaf: imported late on purpose

    sending.deliver_due()
