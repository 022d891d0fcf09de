"""What legal events and loans cause in the watch over collateral."""

from finance.enums import EntryKind
from finance.models import Loan
from finance.services.collateral import review_cover, review_event, review_patent
from finance.services.pledges import follow_event, unfollow_event
from finance.services.risk import find_loss
from portal.outbox.models import Event
from portal.outbox.registry import consumer


@consumer("patents.legal_event.recorded")
def recompute_cover(event: Event) -> None:
    """A pledged patent is worth what its legal state leaves of it."""
    review_event(event_id=event.payload["event_id"])


@consumer("patents.legal_event.recorded")
def follow_pledge(event: Event) -> None:
    """The registration of a pledge is what the office announces of it."""
    follow_event(event_id=event.payload["event_id"])


@consumer("patents.legal_event.voided")
def unfollow_pledge(event: Event) -> None:
    """A step of a registration that was announced wrongly counts no more."""
    unfollow_event(event_id=event.payload["event_id"])


@consumer("patents.legal_event.voided")
def recompute_cover_without(event: Event) -> None:
    """An event that never was weighs nothing: the cover is computed without it."""
    review_patent(patent_id=event.payload["patent_id"], cause="作废法律事件")


@consumer("finance.loan.entry_recorded")
def find_losses(event: Event) -> None:
    """A bad debt is a loss to be shared; one that is reversed is none."""
    if event.payload["kind"] in (EntryKind.BAD_DEBT, EntryKind.REVERSAL):
        find_loss(entry_id=event.payload["entry_id"])


@consumer("finance.loan.lent")
def begin_watch(event: Event) -> None:
    """The cover on the day of lending is what later changes are measured from."""
    review_cover(loan=Loan.objects.get(pk=event.payload["loan_id"]), cause="放款时")
