"""Jobs of subsidies. Each may run twice, and at the same time."""

from celery import shared_task


@shared_task(acks_late=True)
def gather_batches() -> None:
    """Gather the claims of payment batches; one that was cut off is taken up where it stopped."""
    from subsidies.services import payments  # leaf: imported late on purpose

    for batch_id in payments.unfinished_batches():
        payments.fill_batch(batch_id=batch_id)


@shared_task(acks_late=True)
def daily() -> None:
    """End publicity that is over, and let claims lapse that were not mended in time; full batches ask for the next."""
    from subsidies.services import publicity, review  # leaf: imported late on purpose

    ended, lapsed = publicity.end_publicity(), review.lapse_returned()
    if ended == publicity.BATCH or lapsed == review.LAPSE_BATCH:
        daily.delay()
