"""Watch lists and the one notice a day that they lead to."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.urls import reverse

from demand.checks.watches import check_field
from demand.enums import WatchKind
from demand.models import Watch
from demand.queries.rules import need_rules
from demand.queries.watches import NEWS_SHOWN, News, news_of
from patents.models import Patent
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.notices.services import notify
from portal.outbox.services import publish

BATCH = 200
OVERLAP = dt.timedelta(hours=20)
"""An organisation that was told less than this ago waits for the next day."""


def watch_patent(*, by: User, patent_id: int) -> Watch:
    """Watch the legal events of a patent."""
    patent = Patent.objects.filter(pk=patent_id).only("pk").first()
    if patent is None:
        raise Invalid("没有这件专利。", field="patent")
    return _watch(by, kind=WatchKind.PATENT, patent=patent)


def watch_holder(*, by: User, holder_id: int) -> Watch:
    """Watch the new patents of a holder."""
    holder = Organisation.objects.filter(pk=holder_id, patents__isnull=False).first()
    if holder is None:
        raise Invalid("没有这家权利人。", field="holder")
    return _watch(by, kind=WatchKind.HOLDER, holder=holder)


def watch_field(*, by: User, ipc_code: str) -> Watch:
    """Watch a field: a holder for new needs, a firm for new patents."""
    return _watch(by, kind=WatchKind.FIELD, ipc_code=check_field(ipc_code))


@transaction.atomic
def unwatch(*, watch_id: int, by: User) -> None:
    """Watch no longer."""
    watch = Watch.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=watch_id).first()
    if watch is None:
        raise NotFound("没有这个关注。")
    _keep(by, "取消关注", "demand.watch.removed", watch)
    watch.delete()


def tell_watchers() -> int:
    """Tell organisations with watches the news since they were told, in one notice each; says how many were looked at.

    Organisation by organisation, each committed with how far it was told: a kill loses nothing and tells nobody twice.
    """
    until = clock.now()
    due = Watch.objects.filter(told_until__lt=until - OVERLAP).values_list("organisation_id", flat=True)
    keys = list(due.distinct().order_by("organisation_id")[:BATCH])
    for key in keys:
        _tell(key, until)
    return len(keys)


@transaction.atomic
def _tell(organisation_id: int, until: dt.datetime) -> None:
    rows = Watch.objects.select_for_update(of=("self",), skip_locked=True).filter(
        organisation_id=organisation_id, told_until__lt=until - OVERLAP
    )
    watches = list(rows.select_related("organisation", "patent", "holder").order_by("pk"))
    counts, lists = zip(*(news_of(watch, until) for watch in watches), strict=True) if watches else ((), ())
    news = [one for found in lists for one in found]
    Watch.objects.filter(pk__in=[watch.pk for watch in watches]).update(told_until=until)
    if news:
        title, link = f"关注有 {sum(counts)} 条新动态", reverse("demand:watches")
        body = _listed(news, sum(counts))
        notify(recipient=watches[0].organisation, kind="demand.watch", title=title, body=body, link=link)


def _listed(news: Sequence[News], count: int) -> str:
    lines = [f"{one.on:%Y-%m-%d} {one.text}" for one in news[:NEWS_SHOWN]]
    if count > len(lines):
        lines.append(f"……另有 {count - len(lines)} 条，见“我的关注”。")
    return "\n".join(lines)


@transaction.atomic
def _watch(by: User, *, kind: WatchKind, **what: object) -> Watch:
    if by.role not in (Role.SME, Role.HOLDER) or by.organisation is None:
        raise NotAllowed("只有企业和专利权人可以关注。")
    # The organisation's row is the lock of its list: two clicks cannot pass the limit together.
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation.pk)
    limit = need_rules().watch_limit
    if organisation.watches.count() >= limit:
        raise Conflict(f"最多关注 {limit} 项，请先取消一些。", code="watch_limit")
    try:
        with transaction.atomic():
            watch = Watch.objects.create(organisation=organisation, kind=kind, told_until=clock.now(), **what)
    except IntegrityError as error:
        raise Conflict("已经关注。", code="watched_already") from error
    _keep(by, "关注", "demand.watch.added", watch)
    return watch


def _keep(by: User, verb: str, event: str, watch: Watch) -> None:
    record(by=by, verb=verb, target=watch)
    publish(event, key=f"watch:{watch.organisation_id}", watch_id=watch.pk, kind=watch.kind)
