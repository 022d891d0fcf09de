"""Verbs on saved searches, and telling their owners what is new."""

import datetime as dt
from collections.abc import Callable

import numpy as np
from django.db import transaction
from django.db.models import Min

from patents.models import Patent, SavedSearch
from patents.models.saved import MAX_SAVED
from patents.queries.search import Ids, PatentSearch, find
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid
from portal.notices.services import notify_person
from portal.outbox.services import publish

SETTLED_AFTER = dt.timedelta(minutes=15)
"""A patent enters with the time at which its import began; no import runs as long as this."""


@transaction.atomic
def save_search(*, by: User, name: str, query: str) -> SavedSearch:
    """Keep a search for its user, who is told of patents that enter the pool from now on.

    Raises Invalid without a name or a condition, Conflict where it is kept already or there are MAX_SAVED.
    """
    User.objects.select_for_update().get(pk=by.pk)
    if not name.strip():
        raise Invalid("请为保存的检索起一个名称。", field="name")
    if not query:
        raise Invalid("没有任何检索条件，无需保存。", field="name")
    kept = SavedSearch.objects.visible_to(by)
    if kept.filter(query=query).exists():
        raise Conflict("同样条件的检索已经保存过。", field="name")
    if kept.count() >= MAX_SAVED:
        raise Conflict(f"最多保存 {MAX_SAVED} 个检索，请先删除不再需要的。", field="name")
    saved = SavedSearch.objects.create(user=by, name=name.strip()[:60], query=query, seen_at=clock.now())
    record(by=by, verb="保存检索", target=saved, query=query)
    publish("patents.search.saved", key=f"search:{saved.pk}", saved_search_id=saved.pk)
    return saved


@transaction.atomic
def set_alert(*, saved_id: int, by: User, has_alert: bool) -> SavedSearch:
    """Switch the notices of one's saved search; switched on, they tell what enters from now on."""
    saved = SavedSearch.objects.visible_to(by).select_for_update().get(pk=saved_id)
    if saved.has_alert == has_alert:
        return saved
    saved.has_alert = has_alert
    if has_alert:
        saved.seen_at = clock.now()
    saved.save(update_fields=["has_alert", "seen_at"])
    record(by=by, verb="开启检索通知" if has_alert else "关闭检索通知", target=saved)
    publish("patents.search.alert_changed", key=f"search:{saved.pk}", saved_search_id=saved.pk, has_alert=has_alert)
    return saved


@transaction.atomic
def forget_search(*, saved_id: int, by: User) -> None:
    """Delete one's saved search."""
    saved = SavedSearch.objects.visible_to(by).select_for_update().get(pk=saved_id)
    record(by=by, verb="删除保存的检索", target=saved, query=saved.query)
    publish("patents.search.forgotten", key=f"search:{saved.pk}", saved_search_id=saved.pk)
    saved.delete()


def tell_of_new_patents(*, wanted_by: Callable[[str], PatentSearch]) -> int:
    """Send each user one notice a day on what entered the pool since the last; says how many notices.

    `wanted_by` reads the conditions of an address. User by user, each committed; a user told today is passed over.
    """
    told_today = SavedSearch.objects.filter(told_on=clock.today()).values("user_id")
    due = SavedSearch.objects.filter(has_alert=True).exclude(user_id__in=told_today)
    first = due.aggregate(first=Min("seen_at"))["first"]
    if first is None:
        return 0
    until = clock.now() - SETTLED_AFTER
    entered = _entered(first, until)
    users = due.order_by("user_id").values_list("user_id", flat=True).distinct()
    return sum(_tell(user_id, entered, until, wanted_by) for user_id in list(users))


def _entered(after: dt.datetime, until: dt.datetime) -> Callable[[dt.datetime], Ids]:
    rows = Patent.objects.filter(created_at__gt=after, created_at__lte=until).order_by("pk")
    found = list(rows.values_list("pk", "created_at"))

    def since(seen: dt.datetime) -> Ids:
        return np.array([key for key, created_at in found if created_at > seen], np.int64)

    return since


@transaction.atomic
def _tell(
    user_id: int, entered: Callable[[dt.datetime], Ids], until: dt.datetime, wanted_by: Callable[[str], PatentSearch]
) -> int:
    user = User.objects.select_for_update().get(pk=user_id)
    rows = list(SavedSearch.objects.select_for_update().filter(user=user).order_by("pk"))
    if any(saved.told_on == clock.today() for saved in rows):
        return 0
    told = [saved for saved in rows if saved.has_alert and _look(saved, entered, until, wanted_by)]
    if not told:
        return 0
    total = sum(saved.told_count for saved in told)
    notify_person(
        reader=user,
        kind="patents.search",
        title=f"保存的检索有 {total} 件新入库专利",
        body="\n".join(f"“{saved.name}”：{saved.told_count} 件" for saved in told),
        link="/patents/saved/",
    )
    record(by=None, verb="检索通知", target=told[0], searches=[saved.pk for saved in told], patents=total)
    publish("patents.search.alerted", key=f"user:{user_id}", saved_search_ids=[saved.pk for saved in told])
    return 1


def _look(
    saved: SavedSearch,
    entered: Callable[[dt.datetime], Ids],
    until: dt.datetime,
    wanted_by: Callable[[str], PatentSearch],
) -> bool:
    """Whether a search has something new; it is looked at up to `until` either way."""
    if saved.seen_at >= until:
        return False
    new = entered(saved.seen_at)
    saved.seen_at = until
    if len(new):
        found = find(wanted_by(saved.query))
        saved.told_count = int(np.count_nonzero(found.mask & found.table.those(new)))
    has_new = bool(len(new) and saved.told_count)
    if has_new:
        saved.told_on = clock.today()
    saved.save(update_fields=["seen_at", "told_on", "told_count"])
    return has_new
