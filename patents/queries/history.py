"""A patent as of any day: legal facts by the day they took effect, the portal's own by the day they were recorded."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from patents.enums import LegalStatus, Overlay
from patents.enums.evaluation import EvaluationState, Scorer
from patents.models import Assessment, Evaluation, EvaluationQuerySet, LegalEvent, Listing, Patent
from patents.policy.terms import TermFacts, status_on
from patents.queries.evaluation import current_scores, table_of
from patents.queries.legal import state_after
from patents.queries.parties import owners_of
from portal import clock

SHOWN_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class RoundAsOf:
    """One evaluation and the scores that counted at the end of the day, by scorer, never averaged."""

    evaluation: Evaluation
    scene: str
    is_closed: bool  # by that day
    by_scorer: tuple[tuple[str, tuple[Assessment, ...]], ...]


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
    events: tuple[LegalEvent, ...]  # up to that day, without those voided since
    rounds: tuple[RoundAsOf, ...]  # the newest first

    @property
    def status_label(self) -> str:
        return str(self.status.label) if self.status else "尚未申请"


def as_of(patent: Patent, day: dt.date, *, evaluations: EvaluationQuerySet | None = None) -> AsOf:
    """The patent on `day`, at its end in Shanghai.

    `evaluations`: those that the reader decides about, whose scores he sees before they are closed; None: none.
    """
    known = list(LegalEvent.objects.filter(patent=patent).order_by("id"))
    happened = [event for event in known if event.on <= day]
    standing = [event for event in known if event.voided_at is None]
    past = tuple(event for event in standing if event.on <= day)
    state = state_after(LegalStatus.UNKNOWN, happened)
    record = version_at(patent, day) if patent.created_at <= end_of(day) else None
    status, is_stated = _status(patent, record, known, state.status if happened else None, day)
    return AsOf(
        day=day,
        record=record,
        status=status,
        is_stated=is_stated,
        overlays=tuple(Overlay(code) for code in state.overlays),
        owners=_owners(patent, standing, past),
        listing=_listing(patent, day),
        events=past,
        rounds=_rounds(patent, day, evaluations),
    )


def end_of(day: dt.date) -> dt.datetime:
    """The last instant of the day in Shanghai."""
    return dt.datetime.combine(day, dt.time.max, tzinfo=clock.SHANGHAI)


def version_at(row: Any, day: dt.date) -> Any:
    """The row as it stood at the end of `day`: the first version replaced after it, or the row itself."""
    kept = row.versions.filter(pgh_created_at__gt=end_of(day)).order_by("pgh_created_at", "pgh_id").first()
    return kept or row


def _status(
    patent: Patent, record: Any, known: list[LegalEvent], left: LegalStatus | None, day: dt.date
) -> tuple[LegalStatus | None, bool]:
    """The status on the day, and whether anything states it; `left` is what the events up to the day made of it."""
    if patent.filed_on and day < patent.filed_on:
        return None, True
    if left is not None:
        # What a sheet stated after the last event counts from the day it was recorded.
        stated = record.legal_status if record is not None and _knew_all(known, day) else left
    elif record is not None:
        stated = record.legal_status
    else:
        return _inferred(patent, known, day), False
    paid = record.fees_paid_through if record is not None else patent.fees_paid_through
    facts = TermFacts(patent.kind, stated, patent.filed_on, patent.granted_on, paid)
    return status_on(facts, day), True


def _knew_all(known: list[LegalEvent], day: dt.date) -> bool:
    """Whether the record of that day knew all events, and believed none that was voided afterwards."""
    end = end_of(day)
    return all(event.recorded_at <= end and (event.voided_at is None or event.voided_at <= end) for event in known)


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


def _rounds(patent: Patent, day: dt.date, own: EvaluationQuerySet | None) -> tuple[RoundAsOf, ...]:
    """Evaluations closed by the day, and of `own` those that ran; what was cancelled never counted."""
    began = Evaluation.objects.filter(patent=patent, opened_on__lte=day).exclude(state=EvaluationState.CANCELLED)
    closed = began.filter(closed_on__lte=day)
    rows = closed if own is None else closed | began.filter(pk__in=own.values("pk"))
    rounds = list(rows.select_related("table").order_by("-id")[:SHOWN_ROUNDS])
    made = Assessment.objects.filter(evaluation__in=rounds, made_at__lte=end_of(day)).order_by("-id")
    scores: dict[int, list[Assessment]] = {}
    for assessment in made.select_related("assessor__organisation").defer("values", "result"):
        scores.setdefault(assessment.evaluation_id, []).append(assessment)
    return tuple(_round(one, day, scores.get(one.pk, [])) for one in rounds)


def _round(evaluation: Evaluation, day: dt.date, scores: list[Assessment]) -> RoundAsOf:
    return RoundAsOf(
        evaluation=evaluation,
        scene=table_of(evaluation.table).scene(evaluation.scene).name,
        is_closed=evaluation.closed_on is not None and evaluation.closed_on <= day,
        by_scorer=tuple((Scorer(key).label, tuple(rows)) for key, rows in current_scores(scores).items() if rows),
    )
