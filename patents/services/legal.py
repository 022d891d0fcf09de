"""Recording legal events: the only way a patent's status and overlays change."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from patents.enums import IN_FORCE, EventCode, LegalStatus, SourceKind
from patents.models import LegalEvent, Patent
from patents.policy.events import BEFORE_GRANT, EventFacts, LegalState, apply
from patents.queries.legal import facts_of, state_after
from patents.queries.parties import owners_of
from patents.services.listing import end_open_listings
from patents.services.parties import register_holders, rename_holder
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError
from portal.notices.services import notify
from portal.outbox.services import publish
from portal.sheets.models import SheetImport

EVENT = "patents.legal_event.recorded"
FACTS: dict[str, str] = {
    "pledgor": "出质人",
    "pledgee": "质权人",
    "secured_amount": "被担保金额（元）",
    "licence_kind": "许可种类",
    "licensor": "许可人",
    "licensee": "被许可人",
    "valid_until": "有效期至",
    "transferor": "转让人",
    "transferee": "受让人",
    "old_name": "变更前名称",
    "new_name": "变更后名称",
    "court": "保全机关",
    "decision": "决定号",
    "note": "备注",
}
"""What a gazette says beside code, day and number; every value is text."""
MAX_FACT = 500
OFFERABLE = BEFORE_GRANT | IN_FORCE | {LegalStatus.UNKNOWN}
"""Statuses in which a draft may wait for its grant."""
RECORDERS = frozenset({Role.PROVINCE, Role.CITY})


@dataclass(frozen=True, slots=True)
class Source:
    """Where an event came from, and who brought it."""

    kind: SourceKind
    by: User | None
    sheet_import: SheetImport | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """One event on its way in; `row` is the sheet's."""

    patent_id: int
    event: EventFacts
    row: int | None = None


@dataclass(slots=True)
class Recorded:
    """What came of a batch."""

    events: list[LegalEvent] = field(default_factory=list)
    repeated: list[Announced] = field(default_factory=list)  # known already, word for word
    refused: list[tuple[Announced, ServiceError]] = field(default_factory=list)


@transaction.atomic
def record_event(*, patent_id: int, event: EventFacts, by: User, source: SourceKind = SourceKind.FORM) -> LegalEvent:
    """Record one event of a patent, with everything that follows from it.

    Raises Patent.DoesNotExist for a patent that an official may not edit; what `apply` raises; Conflict
    (duplicate_event) when it is known already.
    """
    if by.role in RECORDERS:
        Patent.objects.editable_by(by).only("pk").get(pk=patent_id)
    elif source != SourceKind.API:
        raise NotAllowed("只有管理人员可以登记法律事件。")
    done = record_events([Announced(patent_id, event)], source=Source(source, by))
    if done.repeated:
        raise Conflict(f"{event.on} 的“{event.code.label}”已登记，不能重复登记。", code="duplicate_event")
    for _, refusal in done.refused:
        raise refusal
    return done.events[0]


@transaction.atomic
def record_events(batch: Sequence[Announced], *, source: Source) -> Recorded:
    """Record many events, each on its own: one refused changes nothing, and stops no other.

    Events of one patent are taken in the order of their days. The patents' rows are locked in the order of their keys.
    """
    done = Recorded()
    by_patent: defaultdict[int, list[Announced]] = defaultdict(list)
    for announced in batch:
        by_patent[announced.patent_id].append(announced)
    rows = Patent.objects.select_for_update(of=("self",)).defer("abstract", "search_tokens", "first_claim")
    patents = {patent.pk: patent for patent in rows.filter(pk__in=by_patent).order_by("pk")}
    known = events_by_patent(by_patent)
    for patent_id, announcements in by_patent.items():
        if patent_id not in patents:
            done.refused += [(one, NotFound("库中没有这件专利。", field="number")) for one in announcements]
            continue
        _record_for(patents[patent_id], announcements, known.get(patent_id, []), source, done)
    return done


def events_by_patent(patent_ids: Iterable[int]) -> dict[int, list[LegalEvent]]:
    """The events known of each patent, oldest first."""
    known: defaultdict[int, list[LegalEvent]] = defaultdict(list)
    for event in LegalEvent.objects.filter(patent__in=patent_ids).order_by("on", "id"):
        known[event.patent_id].append(event)
    return known


@dataclass(frozen=True, slots=True)
class Judged:
    """What an event would do: the states around it, or why not; neither where it is known already."""

    announced: Announced
    before: LegalState
    after: LegalState | None = None
    refusal: ServiceError | None = None


def judge(patent: Patent, batch: Iterable[Announced], known: Sequence[LegalEvent]) -> Iterator[Judged]:
    """Each event of one patent, in the order of the days, judged after those before it. Writes nothing."""
    state = replace(state_after(LegalStatus(patent.legal_status), known), status=LegalStatus(patent.legal_status))
    seen = {_identity(facts_of(event)) for event in known}
    for announced in sorted(batch, key=lambda one: one.event.on):
        if _identity(announced.event) in seen:
            yield Judged(announced, state)
            continue
        try:
            check_event(announced.event, patent)
            after = apply(state, announced.event)
        except ServiceError as refusal:
            yield Judged(announced, state, refusal=refusal)
            continue
        seen.add(_identity(announced.event))
        yield Judged(announced, state, after)
        state = after


def _record_for(
    patent: Patent, batch: Sequence[Announced], known: Sequence[LegalEvent], source: Source, done: Recorded
) -> None:
    for judged in judge(patent, batch, known):
        if judged.refusal is not None:
            done.refused.append((judged.announced, judged.refusal))
        elif judged.after is None:
            done.repeated.append(judged.announced)
        else:
            done.events.append(_write(patent, judged.announced, judged.before, judged.after, source))


def _identity(event: EventFacts) -> tuple[str, dt.date, str]:
    return event.code, event.on, event.reference


def check_event(event: EventFacts, patent: Patent) -> None:
    """Refuse an event before filing or after today, and facts that no gazette gives."""
    if event.on > clock.today():
        raise Invalid(f"事件日期 {event.on} 晚于今天。", field="on")
    if patent.filed_on and event.on < patent.filed_on:
        raise Invalid(f"事件日期 {event.on} 早于申请日 {patent.filed_on}。", field="on")
    for name, value in event.facts.items():
        if name not in FACTS:
            raise Invalid(f"公告内容中没有“{name}”这一项。", field=f"facts.{name}")
        if not isinstance(value, str) or len(value) > MAX_FACT:
            raise Invalid(f"“{FACTS[name]}”应为不超过 {MAX_FACT} 字的文本。", field=f"facts.{name}")


def _write(patent: Patent, announced: Announced, before: LegalState, after: LegalState, source: Source) -> LegalEvent:
    event = announced.event
    told = patent.holder
    owners = _change_owners(patent, event)
    row = LegalEvent.objects.create(
        patent=patent,
        code=event.code,
        on=event.on,
        reference=event.reference,
        facts=dict(event.facts),
        status_before=before.status,
        status_after=after.status,
        owners_before=owners[0] if owners else None,
        owners_after=owners[1] if owners else None,
        source=source.kind,
        source_import=source.sheet_import,
        source_row=announced.row,
        recorded_by=source.by,
    )
    patent.legal_status, patent.overlays = after.status, after.overlays
    if event.code == EventCode.GR01 and patent.granted_on is None:
        patent.granted_on = event.on
    patent.save(update_fields=["legal_status", "overlays", "granted_on", "updated_at"])
    _end_offer(patent, row)
    if told is not None:
        title = f"专利 {patent.display_number} 有新的法律事件：{event.code.label}"
        notify(recipient=told, kind="legal_event", title=title, link=f"/patents/{patent.address}/")
    record(by=source.by, verb="登记法律事件", target=patent, code=event.code, on=str(event.on), event_id=row.pk)
    publish(EVENT, key=f"patent:{patent.pk}", **_payload(patent, row))
    return row


def _payload(patent: Patent, row: LegalEvent) -> dict[str, Any]:
    return {
        "event_id": row.pk,
        "patent_id": patent.pk,
        "patent_number": patent.address,
        "code": str(row.code),
        "on": row.on.isoformat(),
        "reference": row.reference,
        "status_before": str(row.status_before),
        "status_after": str(row.status_after),
        "overlays": patent.overlays,
    }


def _change_owners(patent: Patent, event: EventFacts) -> tuple[list[str], list[str]] | None:
    """Write the owners that the event names; the names before and after, or None where it names nobody."""
    facts = event.facts
    is_transfer = event.code == EventCode.TR01 and facts.get("transferee")
    is_renaming = event.code in (EventCode.CP01, EventCode.CP03) and facts.get("new_name")
    if not (is_transfer or is_renaming):
        return None
    before = [owner.name for owner in owners_of(patent)]
    if is_transfer:
        register_holders(patent=patent, names=facts["transferee"])
    else:
        rename_holder(patent=patent, old=facts.get("old_name", ""), new=facts["new_name"])
    return before, [owner.name for owner in owners_of(patent)]


def _end_offer(patent: Patent, row: LegalEvent) -> None:
    """An offer ends with the right, and when the right goes to another."""
    if row.code == EventCode.TR01 and row.owners_after:
        end_open_listings(patent_ids=[patent.pk], reason=f"专利权已于 {row.on} 转移")
    elif row.status_after not in OFFERABLE:
        end_open_listings(patent_ids=[patent.pk], reason=f"{row.on} {row.get_code_display()}")
