"""A patent as of any day: legal facts by the day they took effect, the portal's own by the day they were recorded."""

import datetime as dt
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from patents.enums import LegalStatus, Overlay
from patents.models import LegalEvent, Listing, Patent
from patents.policy.terms import TermFacts, status_on
from patents.queries.legal import state_after
from patents.queries.parties import owners_of
from portal import clock


@dataclass(frozen=True, slots=True)
class AsOf:
    """What the portal says of a patent on one day."""

    day: dt.date
    record: Any  # the row or the version of it; None before the patent came here
    status: LegalStatus | None  # None: not filed yet
    is_stated: bool  # False: the status is inferred from the dates of the record
    overlays: tuple[Overlay, ...]
    owners: tuple[str, ...]
    listing: Any  # the listing in the pool that day, or the version of it; None: none
    events: tuple[LegalEvent, ...]  # up to that day

    @property
    def status_label(self) -> str:
        return str(self.status.label) if self.status else "尚未申请"


def as_of(patent: Patent, day: dt.date) -> AsOf:
    """The patent on `day`, at its end in Shanghai."""
    events = list(LegalEvent.objects.filter(patent=patent).order_by("on", "id"))
    past = tuple(takewhile(lambda event: event.on <= day, events))
    record = version_at(patent, day) if patent.created_at <= end_of(day) else None
    status, is_stated = _status(patent, record, events, past, day)
    return AsOf(
        day=day,
        record=record,
        status=status,
        is_stated=is_stated,
        overlays=tuple(Overlay(code) for code in state_after(LegalStatus.UNKNOWN, past).overlays),
        owners=_owners(patent, events, past),
        listing=_listing(patent, day),
        events=past,
    )


def end_of(day: dt.date) -> dt.datetime:
    """The last instant of the day in Shanghai."""
    return dt.datetime.combine(day, dt.time.max, tzinfo=clock.SHANGHAI)


def version_at(row: Any, day: dt.date) -> Any:
    """The row as it stood at the end of `day`: the first version replaced after it, or the row itself."""
    kept = row.versions.filter(pgh_created_at__gt=end_of(day)).order_by("pgh_created_at", "pgh_id").first()
    return kept or row


def _status(
    patent: Patent, record: Any, events: list[LegalEvent], past: tuple[LegalEvent, ...], day: dt.date
) -> tuple[LegalStatus | None, bool]:
    if patent.filed_on and day < patent.filed_on:
        return None, True
    if past:
        stated = past[-1].status_after
        # What a sheet stated after the last event counts from the day it was recorded.
        if record is not None and past[-1].recorded_at <= end_of(day) and past[-1] is events[-1]:
            stated = record.legal_status
    elif record is not None:
        stated = record.legal_status
    else:
        return _inferred(patent, events, day), False
    paid = record.fees_paid_through if record is not None else patent.fees_paid_through
    facts = TermFacts(patent.kind, stated, patent.filed_on, patent.granted_on, paid)
    return status_on(facts, day), True


def _inferred(patent: Patent, events: list[LegalEvent], day: dt.date) -> LegalStatus:
    """What the dates alone say of a day before the portal knew the patent."""
    if patent.granted_on and day >= patent.granted_on:
        return status_on(TermFacts(patent.kind, LegalStatus.VALID, patent.filed_on, patent.granted_on, None), day)
    if patent.published_on and day >= patent.published_on:
        return LegalStatus.PUBLISHED
    if patent.filed_on and patent.granted_on:
        return LegalStatus.FILED
    return LegalStatus(events[0].status_before) if events else LegalStatus.UNKNOWN


def _owners(patent: Patent, events: list[LegalEvent], past: tuple[LegalEvent, ...]) -> tuple[str, ...]:
    """By the events that changed them; where none did, the owners on record."""
    changes = [event for event in events if event.owners_after is not None]
    before = [event for event in past if event.owners_after is not None]
    if before:
        return tuple(before[-1].owners_after or ())
    if changes:
        return tuple(changes[0].owners_before or ())
    return tuple(owner.name for owner in owners_of(patent))


def _listing(patent: Patent, day: dt.date) -> Any:
    rows = Listing.objects.filter(patent=patent, entered_on__lte=day).select_related("organisation").order_by("-id")
    for listing in rows:
        if listing.ended_on is None or listing.ended_on > day:
            return version_at(listing, day)
    return None
