"""What the calendar brings about: notices before dates, statuses moved by dates, offers that run out."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import structlog
from django.db import connection, transaction
from django.urls import reverse

from patents.enums import IN_FORCE, LegalStatus, ListingState, SourceKind
from patents.models import Listing, Patent, Reminder
from patents.policy.events import BEFORE_GRANT
from patents.policy.terms import TermFacts, status_on
from patents.queries.fees import DueFee, fees_due
from patents.queries.rules import listing_rule
from patents.services.listing import end_open_listings, expire_listing
from portal import clock
from portal.accounts.models import Organisation
from portal.audit.services import record
from portal.notices.services import notify
from portal.outbox.services import publish

log = structlog.get_logger(__name__)
FEE, LISTING = "annual_fee", "listing_expiry"
ALL_FEES = 100_000
STATUS_EVENT = "patents.status.derived"
_LOCK = 0x70617472
_Key = tuple[int, dt.date, int]
"""Patent, day, and how many days before it."""
RowT = TypeVar("RowT")


def send_fee_reminders() -> int:
    """Tell each holder once which fees fall due within 90, 60 and 30 days; returns how many notices went out."""
    due = [row for row in fees_due(limit=ALL_FEES) if row.patent.holder_id and not row.is_late]
    keyed = {(row.patent.pk, row.fee.due_on, row.step): row for row in due}
    return _remind(FEE, keyed, holder_id=lambda row: row.patent.holder_id, tell=_tell_of_fees)


def send_listing_reminders() -> int:
    """Tell each holder once which listings run out within the days that the rule names."""
    today = clock.today()
    days = listing_rule(today).notice_days
    rows = Listing.objects.running().filter(
        organisation__isnull=False, expires_on__range=(today, today + dt.timedelta(days=max(days, default=0)))
    )
    keyed: dict[_Key, Listing] = {}
    for listing in rows.select_related("patent").order_by("pk"):
        ends = listing.expires_on or today
        keyed[listing.patent_id, ends, min(step for step in days if (ends - today).days <= step)] = listing
    return _remind(LISTING, keyed, holder_id=lambda row: row.organisation_id, tell=_tell_of_listings)


@transaction.atomic
def _remind(
    kind: str,
    rows: Mapping[_Key, RowT],
    *,
    holder_id: Callable[[RowT], int | None],
    tell: Callable[[Organisation, list[RowT]], None],
) -> int:
    """Send what was not sent before, one notice for each organisation; a second run sends nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    sent = set(Reminder.objects.filter(kind=kind, due_on__gte=clock.today()).values_list("patent_id", "due_on", "days"))
    fresh = {key: row for key, row in rows.items() if key not in sent}
    Reminder.objects.bulk_create(
        (Reminder(kind=kind, patent_id=patent, due_on=due_on, days=days) for patent, due_on, days in fresh),
        batch_size=1_000,
    )
    by_holder: defaultdict[int, list[RowT]] = defaultdict(list)
    for row in fresh.values():
        by_holder[holder_id(row) or 0].append(row)
    for holder in Organisation.objects.filter(pk__in=by_holder).order_by("pk"):
        tell(holder, by_holder[holder.pk])
    return len(by_holder)


def _tell_of_fees(holder: Organisation, rows: list[DueFee]) -> None:
    nearest = min(rows, key=lambda row: row.days_left)
    title = f"{len(rows)} 件专利的年费将到期，最近一件还有 {nearest.days_left} 天"
    notify(
        recipient=holder, kind=FEE, title=title, body=_named(row.patent for row in rows), link=reverse("patents:fees")
    )


def _tell_of_listings(holder: Organisation, rows: list[Listing]) -> None:
    title = f"{len(rows)} 件专利入库将到期，请续期，否则到期退出"
    link = reverse("patents:listing", args=[rows[0].patent.address])
    notify(recipient=holder, kind=LISTING, title=title, body=_named(row.patent for row in rows), link=link)


def _named(patents: Iterable[Patent]) -> str:
    names = [f"{patent.display_number} {patent.title}" for patent in patents]
    return "；".join(names[:20]) + ("……" if len(names) > 20 else "")  # noqa: PLR2004


def expire_listings() -> int:
    """End the listings whose term is over, each in its own transaction; returns how many ended."""
    over = Listing.objects.filter(state=ListingState.LISTED, expires_on__lt=clock.today())
    return sum(expire_listing(listing_id=pk) is not None for pk in over.order_by("pk").values_list("pk", flat=True))


def refresh_statuses() -> int:
    """Move the stored statuses to what the dates make of them (grace, back in force, expired); returns how many.

    Search and lists read the stored status; every decision asks `queries.legal.status_of` and is never a day behind.
    """
    today = clock.today()
    rows = Patent.objects.filter(legal_status__in=IN_FORCE, filed_on__isnull=False).order_by("pk")
    fields = ("pk", "kind", "legal_status", "filed_on", "granted_on", "fees_paid_through")
    moved: list[int] = []
    for pk, kind, status, filed_on, granted_on, paid in rows.values_list(*fields).iterator():
        if status_on(TermFacts(kind, status, filed_on, granted_on, paid), today) != status:
            moved.append(pk)
    return sum(_refresh(pk, today) for pk in moved)


@transaction.atomic
def _refresh(patent_id: int, today: dt.date) -> bool:
    patent = Patent.objects.select_for_update(of=("self",)).defer("abstract", "search_tokens").get(pk=patent_id)
    facts = TermFacts(patent.kind, patent.legal_status, patent.filed_on, patent.granted_on, patent.fees_paid_through)
    before, after = patent.legal_status, status_on(facts, today)
    if before == after:
        return False
    patent.legal_status = after
    patent.save(update_fields=["legal_status", "updated_at"])
    if after not in IN_FORCE | BEFORE_GRANT:
        end_open_listings(reasons={patent.pk: str(LegalStatus(after).label)})
    record(by=None, verb="按日期更新法律状态", target=patent, before=before, after=str(after))
    publish(
        STATUS_EVENT,
        key=f"patent:{patent.pk}",
        patent_id=patent.pk,
        patent_number=patent.address,
        status_before=before,
        status_after=str(after),
        source=str(SourceKind.PORTAL),
    )
    return True


def daily() -> dict[str, int]:
    """Everything that a new day brings; twice on one day changes nothing more."""
    counts = {
        "statuses": refresh_statuses(),
        "listings_expired": expire_listings(),
        "fee_notices": send_fee_reminders(),
        "listing_notices": send_listing_reminders(),
    }
    log.info("patents_daily", **counts)
    return counts
