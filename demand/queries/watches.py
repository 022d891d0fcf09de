"""News of what organisations watch."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

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


def watches_of(user: User) -> QuerySet[Watch]:
    """The watches of the user's organisation, newest first."""
    return Watch.objects.visible_to(user).select_related("patent", "holder").order_by("-id")


def news_of(watch: Watch, until: dt.datetime) -> list[News]:
    """What happened since the watch was last told, at most PER_WATCH, oldest first."""
    since = watch.told_until
    if watch.kind == WatchKind.PATENT:
        events = LegalEvent.objects.standing().filter(
            patent=watch.patent, recorded_at__gt=since, recorded_at__lte=until
        )
        number = watch.patent.display_number if watch.patent else ""
        return [
            News(event.recorded_at, f"{number} {event.get_code_display()}（{event.on}）")
            for event in events.order_by("recorded_at", "pk")[:PER_WATCH]
        ]
    if watch.kind == WatchKind.FIELD and watch.organisation.kind != OrganisationKind.SME:
        needs = Demand.objects.filter(
            state=DemandState.PUBLISHED, ipc_codes__contains=[watch.ipc_code], published_at__gt=since,
            published_at__lte=until,
        )  # fmt: skip
        return [
            News(need.published_at or until, f"{watch.ipc_code} 新需求 {need.ref} {need.title}")
            for need in needs.order_by("published_at", "pk")[:PER_WATCH]
        ]
    patents = Patent.objects.filter(created_at__gt=since, created_at__lte=until)
    if watch.kind == WatchKind.HOLDER:
        patents, label = patents.filter(holder_id=watch.holder_id), watch.holder.name if watch.holder else ""
    else:
        patents, label = patents.filter(main_class__istartswith=watch.ipc_code), watch.ipc_code
    rows = patents.only("number", "check_digit", "publication_number", "publication_kind", "title", "created_at")
    return [
        News(patent.created_at, f"{label} 新专利 {patent.display_number} {patent.title}")
        for patent in rows.order_by("created_at", "pk")[:PER_WATCH]
    ]
