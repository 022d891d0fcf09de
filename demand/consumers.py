"""What needs do when something happens elsewhere."""

from demand.services import rematch_published
from portal.outbox.models import Event
from portal.outbox.registry import consumer


@consumer("patents.pool.imported")
def match_again(event: Event) -> None:
    """A pool that grew may hold what firms were looking for."""
    rematch_published()


@consumer("patents.vectors.completed")
def match_again_by_meaning(event: Event) -> None:
    """Patents that were ranked by words alone are ranked by what they mean too."""
    rematch_published()
