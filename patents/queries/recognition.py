"""Reads of recognitions that services, pages and the statistics share."""

import datetime as dt

from django.db.models import Count, QuerySet

from patents.enums.recognition import RecognitionKind
from patents.models import Recognition
from portal import clock
from portal.accounts.models import User
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on

LADDER_RULE = "recognition_ladder"


def recognitions_for(user: User) -> QuerySet[Recognition]:
    """Those that `user` may see, newest first."""
    return Recognition.objects.visible_to(user).order_by("-id")


def current_rule() -> RuleVersion | None:
    """The ladder in force today."""
    return in_force_on(LADDER_RULE, clock.today()).first()


def recognitions_counted(kind: str, *, day: dt.date) -> QuerySet[Recognition]:
    """T02 and T03: one row per firm whose recognition of `kind` stands on `day`, its newest.

    The rows behind a number are these; a firm recognised twice is one.
    """
    rows = Recognition.objects.valid_on(day).filter(kind=kind)
    newest = rows.order_by("uscc", "-granted_on", "-id").distinct("uscc").values("pk")
    return Recognition.objects.filter(pk__in=newest).order_by("city_code", "id")


def counts_by_kind(day: dt.date) -> list[tuple[str, int]]:
    """(label, firms) for each kind on `day`, the lowest step first; one query."""
    found = dict(
        Recognition.objects.valid_on(day)
        .order_by()
        .values_list("kind")
        .annotate(firms=Count("uscc", distinct=True))
        .values_list("kind", "firms")
    )
    return [(label, found.get(code, 0)) for code, label in RecognitionKind.choices]


def ending_soon(user: User, *, days: int) -> QuerySet[Recognition]:
    """Those that end within `days` from today, the first to end first."""
    today = clock.today()
    rows = Recognition.objects.visible_to(user).valid_on(today)
    return rows.filter(valid_until__lte=today + dt.timedelta(days=days)).order_by("valid_until", "id")


def standing_kinds(uscc: str, day: dt.date) -> list[str]:
    """The kinds that the firm has on `day`."""
    return sorted(set(Recognition.objects.valid_on(day).filter(uscc=uscc).values_list("kind", flat=True)))
