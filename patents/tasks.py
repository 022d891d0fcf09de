"""Jobs of the pool."""

from celery import shared_task


@shared_task
def refresh_index() -> None:
    """Bring the word index up to date with the patents that changed."""
    from patents.index.services import refresh_index as refresh  # leaf: imported late on purpose

    refresh()
