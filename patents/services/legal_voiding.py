"""Voiding a legal event that was recorded wrongly: a correction, never a deletion."""

from dataclasses import dataclass, replace

from django.db import transaction

from patents.enums import EventCode, LegalStatus
from patents.models import LegalEvent, Patent
from patents.policy.events import BEFORE_GRANT, LegalState
from patents.policy.terms import status_on
from patents.queries.legal import states_of, term_facts
from patents.queries.parties import owners_of
from patents.services.legal import RECORDERS
from patents.services.legal_writing import RENAMINGS, lock_patents, payload
from patents.services.parties import Roster, save_rosters
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.notices.services import notify
from portal.outbox.services import publish

EVENT = "patents.legal_event.voided"
MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the patent is without the event."""

    status: LegalStatus
    state: LegalState
    owners: tuple[str, ...] | None  # who owns it again; None: the event changed no owner


def consequence_of(event: LegalEvent, patent: Patent) -> Consequence:
    """What voiding the event would leave. Reads only.

    Raises Conflict where it is voided already, or where a later event rests on it.
    """
    if event.voided_at is not None:
        raise Conflict("该事件已经作废。", code="already_voided")
    known = list(LegalEvent.objects.filter(patent=patent).order_by("id"))
    _refuse_later_owners(event, known)
    before = states_of(known)[-1]
    for one in known:
        if one.pk == event.pk:
            one.voided_at = clock.now()
    try:
        after = states_of(known)[-1]
    except Conflict as refusal:
        raise Conflict(f"{refusal.message}请先作废该事件。", code="later_event_contradicts") from refusal
    owners = None if event.owners_before is None else tuple(event.owners_before)
    return Consequence(_status(patent, before, after), after, owners)


@transaction.atomic
def void_event(*, event_id: int, by: User, reason: str) -> LegalEvent:
    """Declare an event wrong: from now on the patent is what the others make of it; the row stays, with the reason.

    An offer that the event ended is not brought back: its holder enters the pool again.

    Raises:
        NotAllowed, NotFound: `by` records no events of this patent.
        Invalid: no reason.
        Conflict: see `consequence_of`.
    """
    if by.role not in RECORDERS:
        raise NotAllowed("只有管理人员可以作废法律事件。")
    found = LegalEvent.objects.filter(pk=event_id, patent__in=Patent.objects.editable_by(by)).only("patent_id").first()
    if found is None:
        raise NotFound("没有这项法律事件。")
    if not reason.strip():
        raise Invalid("请写明作废的原因。", field="reason")
    patent = lock_patents([found.patent_id])[found.patent_id]
    event = LegalEvent.objects.get(pk=event_id)
    event.patent = patent
    left = consequence_of(event, patent)
    told = {patent.holder}
    event.voided_at, event.voided_by, event.void_reason = clock.now(), by, reason.strip()[:MAX_REASON]
    event.save(update_fields=["voided_at", "voided_by", "void_reason"])
    _restore_owners(patent, event)
    _restore(patent, event, left)
    for recipient in told | {patent.holder}:
        if recipient is not None:
            title = f"专利 {patent.display_number} 的法律事件已作废：{event.get_code_display()}"
            notify(recipient=recipient, kind="legal_event", title=title, body=event.void_reason, link=_page(patent))
    record(by=by, verb="作废法律事件", target=patent, note=event.void_reason, code=event.code, event_id=event.pk)
    publish(
        EVENT,
        key=f"patent:{patent.pk}",
        **payload(event, left.status, left.state.overlays),
        reason=event.void_reason,
    )
    return event


def _page(patent: Patent) -> str:
    return f"/patents/{patent.address}/"


def _refuse_later_owners(event: LegalEvent, known: list[LegalEvent]) -> None:
    if event.owners_after is None:
        return
    later = [one for one in known if one.pk > event.pk and one.owners_after is not None and one.voided_at is None]
    if later:
        raise Conflict(
            f"其后 {later[0].on} 的“{later[0].get_code_display()}”又变更了权利人，请先作废该事件。",
            code="later_owners",
        )


def _status(patent: Patent, before: LegalState, after: LegalState) -> LegalStatus:
    """What the other events make of it; what a sheet has stated since the last event stands."""
    by_calendar = status_on(replace(term_facts(patent), status=before.status), clock.today())
    stored = LegalStatus(patent.legal_status)
    if before.status == after.status or stored not in (before.status, by_calendar):
        return stored
    return status_on(replace(term_facts(patent), status=after.status), clock.today())


def _restore_owners(patent: Patent, event: LegalEvent) -> None:
    if event.owners_before is None or event.owners_after is None:
        return
    roster = Roster(patent, owners_of(patent))
    if event.code in RENAMINGS:
        for old, new in zip(event.owners_before, event.owners_after, strict=True):
            if old != new:
                roster.rename(new, old)
    else:
        roster.transfer("；".join(event.owners_before))
    save_rosters([roster])


def _restore(patent: Patent, event: LegalEvent, left: Consequence) -> None:
    patent.legal_status, patent.overlays = left.status, left.state.overlays
    if event.code == EventCode.GR01 and patent.granted_on == event.on and event.status_before in BEFORE_GRANT:
        patent.granted_on = None  # the event had brought it
    patent.save(update_fields=["legal_status", "overlays", "granted_on", "holder", "city_code", "updated_at"])
