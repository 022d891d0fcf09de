"""What the law says of a patent now: status, overlays, and what forbids what.

Other parts and apps ask here instead of reading the columns: the rules are in one place.
"""

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet

from patents.enums import IN_FORCE, EventCode, LegalStatus, Overlay
from patents.models import LegalEvent, Patent, PatentQuerySet
from patents.policy.events import EventFacts, LegalState
from patents.policy.replay import Kept, states
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
    """The patent's legal events, oldest first, the voided ones among them."""
    rows = LegalEvent.objects.filter(patent=patent)
    return rows.select_related("source_import", "recorded_by", "voided_by").order_by("on", "id")


def latest_event(patent: Patent, *codes: EventCode) -> LegalEvent | None:
    """The newest standing event of one of these codes, e.g. to name the pledgee."""
    return LegalEvent.objects.standing().filter(patent=patent, code__in=codes).order_by("-on", "-id").first()


def facts_of(event: LegalEvent) -> EventFacts:
    """The stored event as the policy takes it."""
    return EventFacts(EventCode(event.code), event.on, event.reference, event.facts)


def state_after(start: LegalStatus, events: Sequence[LegalEvent]) -> LegalState:
    """Where these events leave a patent, voided ones among them; `start` counts only where there are none."""
    return states_of(events)[-1] if events else LegalState(start)


def states_of(events: Sequence[LegalEvent]) -> list[LegalState]:
    """The state after each event, in the order of recording. Raises Conflict where one cannot stand."""
    return states(
        [Kept(facts_of(one), LegalStatus(one.status_before), one.recorded_at, one.voided_at) for one in events]
    )
