"""Recording legal events: the only way a patent's status and overlays change."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction

from patents.enums import LegalStatus, SourceKind
from patents.models import LegalEvent, Patent
from patents.policy.events import EventFacts, apply
from patents.queries.legal import facts_of, state_after
from patents.services.legal_writing import Announced, Judged, Source, Writing, day_of, lock_patents
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError

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
RECORDERS = frozenset({Role.PROVINCE, Role.CITY})


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
    patents = lock_patents(by_patent)
    known = events_by_patent(by_patent)
    writing = Writing(source)
    for patent_id, announcements in by_patent.items():
        if patent_id not in patents:
            done.refused += [(one, NotFound("库中没有这件专利。", field="number")) for one in announcements]
            continue
        again = source.kind == SourceKind.FORM
        for judged in judge(patents[patent_id], announcements, known.get(patent_id, []), again=again):
            if judged.refusal is not None:
                done.refused.append((judged.announced, judged.refusal))
            elif judged.after is None:
                done.repeated.append(judged.announced)
            else:
                writing.add(patents[patent_id], judged)
    done.events = writing.write()
    return done


def events_by_patent(patent_ids: Iterable[int]) -> dict[int, list[LegalEvent]]:
    """The events known of each patent in the order of recording, the voided ones among them."""
    known: defaultdict[int, list[LegalEvent]] = defaultdict(list)
    for event in LegalEvent.objects.filter(patent__in=patent_ids).order_by("id"):
        known[event.patent_id].append(event)
    return known


def judge(
    patent: Patent, batch: Iterable[Announced], known: Sequence[LegalEvent], *, again: bool = False
) -> Iterator[Judged]:
    """Each event of one patent, in the order of the days, judged after those before it. Writes nothing.

    An event that was voided comes back only where a person says so (`again`), not with an old sheet.
    """
    state = replace(state_after(LegalStatus(patent.legal_status), known), status=LegalStatus(patent.legal_status))
    seen = {_identity(facts_of(event)) for event in known if event.voided_at is None}
    voided = {} if again else {_identity(facts_of(event)): event for event in known if event.voided_at is not None}
    for announced in sorted(batch, key=lambda one: one.event.on):
        if _identity(announced.event) in seen:
            yield Judged(announced, state)
            continue
        try:
            _refuse_voided(voided.get(_identity(announced.event)))
            check_event(announced.event, patent)
            after = apply(state, announced.event)
        except ServiceError as refusal:
            yield Judged(announced, state, refusal=refusal)
            continue
        seen.add(_identity(announced.event))
        yield Judged(announced, state, after)
        state = after


def _refuse_voided(event: LegalEvent | None) -> None:
    if event is not None and event.voided_at is not None:
        day = day_of(event.voided_at)
        raise Conflict(f"该事件已于 {day} 作废（{event.void_reason}），不能再由文件或者接口登记。", code="voided_event")


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
