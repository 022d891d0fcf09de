"""What the law says of a patent now: status, overlays, and what forbids what.

Other parts and apps ask here instead of reading the columns: the rules are in one place.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import QuerySet

from patents.enums import IN_FORCE, EventCode, LegalStatus, Overlay
from patents.models import LegalEvent, Patent, PatentQuerySet
from patents.policy.events import EventFacts, LegalState, apply
from patents.policy.terms import TermFacts, status_on
from portal import clock

LICENCE_BLOCKS = frozenset({Overlay.LICENSED_EXCLUSIVE, Overlay.LICENSED_SOLE})
"""While one of these runs nobody else can be licensed."""
SUSPENDED = frozenset({Overlay.FROZEN, Overlay.OWNERSHIP_DISPUTE})
"""Procedures at the office stand still (rules 103, 104)."""


def term_facts(patent: Patent) -> TermFacts:
    """What the term and the status are computed from."""
    return TermFacts(
        kind=patent.kind,
        status=patent.legal_status,
        filed_on=patent.filed_on,
        granted_on=patent.granted_on,
        fees_paid_through=patent.fees_paid_through,
    )


def status_of(patent: Patent, *, on: dt.date | None = None) -> LegalStatus:
    """The status as the dates have it on a day (today): grace of fees and end of the term are computed."""
    return status_on(term_facts(patent), on or clock.today())


def is_in_force(patent: Patent, *, on: dt.date | None = None) -> bool:
    """Whether the patent is granted and in force, the months of grace included."""
    return status_of(patent, on=on) in IN_FORCE


def overlays_of(patent: Patent) -> frozenset[Overlay]:
    """What the legal events lay over the status: pledged, frozen, licensed, disputed."""
    return frozenset(Overlay(code) for code in patent.overlays)


def has_overlay(rows: PatentQuerySet, *wanted: Overlay) -> PatentQuerySet:
    """Those of `rows` over which at least one of `wanted` lies."""
    return rows.filter(overlays__overlap=[str(code) for code in wanted])


def events_of(patent: Patent) -> QuerySet[LegalEvent]:
    """The patent's legal events, oldest first."""
    return LegalEvent.objects.filter(patent=patent).select_related("source_import", "recorded_by").order_by("on", "id")


def latest_event(patent: Patent, *codes: EventCode) -> LegalEvent | None:
    """The newest event of one of these codes, e.g. to name the pledgee."""
    return LegalEvent.objects.filter(patent=patent, code__in=codes).order_by("-on", "-id").first()


def facts_of(event: LegalEvent) -> EventFacts:
    """The stored event as the policy takes it."""
    return EventFacts(EventCode(event.code), event.on, event.reference, event.facts)


def state_after(start: LegalStatus, events: Sequence[LegalEvent]) -> LegalState:
    """Where these events, oldest first, leave a patent; `start` counts only where there are none."""
    state = LegalState(start)
    for event in events:
        # A sheet or the calendar may have moved the status between two events: each kept what it found.
        state = apply(replace(state, status=LegalStatus(event.status_before)), facts_of(event))
    return state
