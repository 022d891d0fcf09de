"""What needs do when something happens elsewhere."""

from demand.services import deals, rematch_published
from demand.services.reaching import reach_from_import, reach_from_patent
from portal.outbox.models import Event
from portal.outbox.registry import consumer


@consumer("patents.pool.imported")
def match_again(event: Event) -> None:
    """A pool that grew may hold what firms were looking for: a small import reaches only the needs near it."""
    if reach_from_import(event.payload["sheet_import_id"]) is None:
        rematch_published()


@consumer("patents.listing.entered")
def reach_from_entry(event: Event) -> None:
    """A patent entered the pool."""
    reach_from_patent(event.payload["patent_number"])


@consumer("patents.listing.updated")
def reach_from_update(event: Event) -> None:
    """An offer changed: way, price or maturity may suit now."""
    reach_from_patent(event.payload["patent_number"])


@consumer("patents.listing.ended")
def reach_from_end(event: Event) -> None:
    """An offer is over."""
    reach_from_patent(event.payload["patent_number"])


@consumer("patents.deal.talks_started")
def follow_talks(event: Event) -> None:
    """The holder answered."""
    deals.deal_talks(event.payload)


@consumer("patents.deal.contract_signed")
def follow_contract(event: Event) -> None:
    """A contract was signed."""
    deals.deal_signed(event.payload)


@consumer("patents.deal.ended")
def follow_end(event: Event) -> None:
    """Talks came to nothing."""
    deals.deal_ended(event.payload)


@consumer("patents.vectors.completed")
def match_again_by_meaning(event: Event) -> None:
    """Patents that were ranked by words alone are ranked by what they mean too."""
    rematch_published()
