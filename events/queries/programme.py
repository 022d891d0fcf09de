"""The programme of an event as its page shows it."""

from typing import Any

from demand.enums import DemandState
from demand.queries.disclosure import NeedView, view_for
from events.enums import ExhibitKind, FileKind
from events.models import AgendaSlot, Event, Exhibit
from portal.attachments.models import Attachment


def agenda_of(event: Event) -> list[AgendaSlot]:
    """The slots in their order, with speakers. One query."""
    return list(event.slots.select_related("speaker").order_by("starts_at", "id"))


def patents_on_show(event: Event) -> list[Exhibit]:
    """Patents, with their holders. One query."""
    rows = event.exhibits.filter(kind=ExhibitKind.PATENT).select_related("patent__holder")
    return list(rows.order_by("id"))


def products_on_show(event: Event) -> list[Exhibit]:
    """Products, with their institutions. One query."""
    rows = event.exhibits.filter(kind=ExhibitKind.PRODUCT).select_related("product__institution")
    return list(rows.order_by("id"))


def needs_on_show(event: Event, user: Any) -> list[tuple[Exhibit, NeedView]]:
    """Needs that are published still, each as `user` may see it (None: the public)."""
    rows = event.exhibits.filter(kind=ExhibitKind.NEED, demand__state=DemandState.PUBLISHED)
    rows = rows.select_related("demand__organisation").prefetch_related("demand__figures").order_by("id")
    return [(row, view_for(row.demand, user)) for row in rows if row.demand is not None]


def files_of(event: Event) -> tuple[list[Attachment], list[Attachment]]:
    """Papers and photos. One query."""
    found = list(Attachment.objects.of(event))
    photos = [file for file in found if file.purpose == FileKind.PHOTO]
    return [file for file in found if file.purpose != FileKind.PHOTO], photos
