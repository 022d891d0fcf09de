"""What deals and loans elsewhere mean for the events at which they began."""

from events.services import link_by_plan
from finance.models import Project
from patents.models import Deal
from portal.outbox.models import Event
from portal.outbox.registry import consumer


@consumer("patents.deal.enquired")
def link_enquiry(event: Event) -> None:
    """A firm asks an owner whom it met at a table."""
    _link_deal(event)


@consumer("patents.deal.talks_started")
def link_talks(event: Event) -> None:
    """An owner records talks with a firm that it met at a table; after an enquiry there is nothing to do."""
    if "receiver_id" in event.payload:
        _link_deal(event)


@consumer("finance.placement.accepted")
def link_project(event: Event) -> None:
    """A lender takes up the project of a firm that it met at a table."""
    project = Project.objects.get(ref=event.payload["project_ref"])
    link_by_plan(guest_id=project.organisation_id, host_id=event.payload["institution_id"], thing=project)


def _link_deal(event: Event) -> None:
    deal = Deal.objects.get(ref=event.payload["deal_ref"])
    link_by_plan(guest_id=event.payload["receiver_id"], host_id=event.payload["giver_id"], thing=deal)
