"""News of what organisations watch."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from demand.enums import DemandState, WatchKind
from demand.models import Demand, Watch
from patents.models import LegalEvent, Patent
from portal.accounts.enums import OrganisationKind
from portal.accounts.models import User

PER_WATCH = 10
"""News that are told of one watch; what is more stands on its page."""
NEWS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class News:
    on: dt.datetime
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Stream:
    """What happens to the thing watched: its rows, the column of when the portal learned of each, and how it reads."""

    rows: QuerySet[Any]
    at: str
    read: Callable[[Any], News]

    def since(self, moment: dt.datetime) -> QuerySet[Any]:
        """The rows that came after the moment."""
        return self.rows.filter(**{f"{self.at}__gt": moment})


def watches_of(user: User) -> QuerySet[Watch]:
    """The watches of the user's organisation, newest first."""
    return Watch.objects.visible_to(user).select_related("patent", "holder").order_by("-id")


def stream_of(watch: Watch) -> Stream:
    """What a watch is about: events of a patent, patents of a holder, needs (for holders) or patents of a field."""
    if watch.kind == WatchKind.PATENT:
        return _events(watch)
    if watch.kind == WatchKind.FIELD and watch.organisation.kind != OrganisationKind.SME:
        return _needs(watch)
    return _patents(watch)


def news_of(watch: Watch, until: dt.datetime) -> tuple[int, list[News]]:
    """How much happened since the watch was last told, and the first PER_WATCH of it, oldest first."""
    stream = stream_of(watch)
    rows = stream.since(watch.told_until).filter(**{f"{stream.at}__lte": until})
    return rows.count(), [stream.read(row) for row in rows.order_by(stream.at, "pk")[:PER_WATCH]]


def _events(watch: Watch) -> Stream:
    number = watch.patent.display_number if watch.patent else ""
    url = _page_of(watch.patent) if watch.patent else ""

    def read(event: LegalEvent) -> News:
        return News(event.recorded_at, f"{number} {event.get_code_display()}（{event.on}）", url)

    return Stream(LegalEvent.objects.standing().filter(patent=watch.patent), "recorded_at", read)


def _page_of(patent: Patent) -> str:
    return reverse("patents:detail", args=[patent.address])


def _needs(watch: Watch) -> Stream:
    def read(need: Demand) -> News:
        return News(
            need.published_at or need.created_at,
            f"{watch.ipc_code} 新需求 {need.ref} {need.title}",
            need.get_absolute_url(),
        )

    rows = Demand.objects.filter(state=DemandState.PUBLISHED, ipc_codes__contains=[watch.ipc_code])
    return Stream(rows, "published_at", read)


def _patents(watch: Watch) -> Stream:
    patents = Patent.objects.defer("abstract", "search_tokens")
    if watch.kind == WatchKind.HOLDER:
        patents, label = patents.filter(holder_id=watch.holder_id), watch.holder.name if watch.holder else ""
    else:
        patents, label = patents.filter(main_class__istartswith=watch.ipc_code), watch.ipc_code

    def read(patent: Patent) -> News:
        text = f"{label} 新专利 {patent.display_number} {patent.title}"
        return News(patent.created_at, text, _page_of(patent))

    return Stream(patents, "created_at", read)
