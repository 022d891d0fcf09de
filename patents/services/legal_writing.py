"""Writing judged legal events: their rows, what they make of patents, owners and offers; in few queries however many."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from patents.enums import IN_FORCE, EventCode, LegalStatus, SourceKind
from patents.models import LegalEvent, Patent
from patents.policy.events import BEFORE_GRANT, EventFacts, LegalState
from patents.queries.parties import owners_by_patent
from patents.services.listing import end_open_listings
from patents.services.parties import Roster, save_rosters
from portal import clock
from portal.accounts.models import Organisation, User
from portal.audit.services import record_many
from portal.errors import ServiceError
from portal.notices.services import Message, notify_many
from portal.outbox.services import publish_many
from portal.sheets.models import SheetImport

EVENT = "patents.legal_event.recorded"
OFFERABLE = BEFORE_GRANT | IN_FORCE | {LegalStatus.UNKNOWN}
"""Statuses in which a draft may wait for its grant."""
RENAMINGS = (EventCode.CP01, EventCode.CP03)
_CHANGED = ("legal_status", "overlays", "granted_on", "holder", "city_code", "updated_at")


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


@dataclass(frozen=True, slots=True)
class Judged:
    """What an event would do: the states around it, or why not; neither where it is known already."""

    announced: Announced
    before: LegalState
    after: LegalState | None = None
    refusal: ServiceError | None = None


def lock_patents(patent_ids: Iterable[int]) -> dict[int, Patent]:
    """The patents, locked in the order of their keys, without their long texts."""
    rows = Patent.objects.select_for_update(of=("self",)).select_related("holder")
    light = rows.defer("abstract", "search_tokens", "first_claim")
    return {patent.pk: patent for patent in light.filter(pk__in=list(patent_ids)).order_by("pk")}


def changes_owners(event: EventFacts) -> bool:
    """Whether the event names somebody who owns the patent from then on."""
    facts = event.facts
    return bool(
        (event.code == EventCode.TR01 and facts.get("transferee"))
        or (event.code in RENAMINGS and facts.get("new_name"))
    )


@dataclass(slots=True)
class Writing:
    """Collects what was judged right, then writes it; inside the transaction that locked the patents."""

    source: Source
    judged: list[tuple[Patent, Judged]] = field(default_factory=list)

    def add(self, patent: Patent, judged: Judged) -> None:
        self.judged.append((patent, judged))

    def write(self) -> list[LegalEvent]:
        """The rows, in the order in which they were added."""
        if not self.judged:
            return []
        told = {patent.pk: patent.holder for patent, _ in self.judged}
        rosters = self._rosters()
        rows = LegalEvent.objects.bulk_create([self._row(patent, one, rosters) for patent, one in self.judged])
        save_rosters(rosters.values())
        patents = {patent.pk: patent for patent, _ in self.judged}
        now = clock.now()
        for patent in patents.values():
            patent.updated_at = now
        Patent.objects.bulk_update(patents.values(), _CHANGED)
        end_open_listings(reasons=_ended_offers(rows))
        self._tell(rows, told)
        return rows

    def _rosters(self) -> dict[int, Roster]:
        """The owners of the patents whose owners change."""
        changing = {patent.pk: patent for patent, one in self.judged if changes_owners(one.announced.event)}
        if not changing:
            return {}
        owners = owners_by_patent(list(changing))
        return {key: Roster(patent, owners.get(key, [])) for key, patent in changing.items()}

    def _row(self, patent: Patent, judged: Judged, rosters: dict[int, Roster]) -> LegalEvent:
        """The event's row; writes into the patent, in memory, what it changes."""
        event, after = judged.announced.event, judged.after
        assert after is not None  # noqa: S101  what was judged wrong is never added
        owners = _change_owners(rosters[patent.pk], event) if changes_owners(event) else None
        patent.legal_status, patent.overlays = after.status, after.overlays
        if event.code == EventCode.GR01 and patent.granted_on is None:
            patent.granted_on = event.on
        return LegalEvent(
            patent=patent,
            code=event.code,
            on=event.on,
            reference=event.reference,
            facts=dict(event.facts),
            status_before=judged.before.status,
            status_after=after.status,
            owners_before=owners[0] if owners else None,
            owners_after=owners[1] if owners else None,
            source=self.source.kind,
            source_import=self.source.sheet_import,
            source_row=judged.announced.row,
            recorded_by=self.source.by,
        )

    def _tell(self, rows: list[LegalEvent], told: dict[int, Organisation | None]) -> None:
        overlays = [one.after.overlays if one.after else [] for _, one in self.judged]
        notify_many(
            kind="legal_event",
            messages=[
                Message(
                    recipient,
                    f"专利 {row.patent.display_number} 有新的法律事件：{row.get_code_display()}",
                    link=f"/patents/{row.patent.address}/",
                )
                for row in rows
                if (recipient := told[row.patent_id]) is not None
            ],
        )
        record_many(
            by=self.source.by,
            verb="登记法律事件",
            acts=[(row.patent, {"code": row.code, "on": str(row.on), "event_id": row.pk}) for row in rows],
        )
        publish_many(
            EVENT,
            [
                (f"patent:{row.patent_id}", payload(row, row.status_after, lying))
                for row, lying in zip(rows, overlays, strict=True)
            ],
        )


def payload(row: LegalEvent, status_after: str, overlays: list[str]) -> dict[str, Any]:
    """What receivers are told of an event: references, and where it left the patent."""
    return {
        "event_id": row.pk,
        "patent_id": row.patent_id,
        "patent_number": row.patent.address,
        "code": str(row.code),
        "on": row.on.isoformat(),
        "reference": row.reference,
        "status_before": str(row.status_before),
        "status_after": str(status_after),
        "overlays": overlays,
    }


def _change_owners(roster: Roster, event: EventFacts) -> tuple[list[str], list[str]]:
    """The names before and after."""
    before = roster.names
    if event.code == EventCode.TR01:
        roster.transfer(event.facts["transferee"])
    else:
        roster.rename(event.facts.get("old_name", ""), event.facts["new_name"])
    return before, roster.names


def _ended_offers(rows: Iterable[LegalEvent]) -> dict[int, str]:
    """An offer ends with the right, and when the right goes to another; why, by patent."""
    ended: dict[int, str] = {}
    for row in rows:
        if row.code == EventCode.TR01 and row.owners_after:
            ended.setdefault(row.patent_id, f"专利权已于 {row.on} 转移")
        elif row.status_after not in OFFERABLE:
            ended.setdefault(row.patent_id, f"{row.on} {row.get_code_display()}")
    return ended


def day_of(moment: dt.datetime) -> dt.date:
    """The day in Shanghai."""
    return moment.astimezone(clock.SHANGHAI).date()
