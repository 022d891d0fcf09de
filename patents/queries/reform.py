"""Reads of the reform register."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from patents.enums.reform import ReformKind
from patents.models import RightsReform
from portal.accounts.models import User


def reforms_for(user: User) -> QuerySet[RightsReform]:
    """Those that `user` may see, newest first."""
    return RightsReform.objects.visible_to(user).select_related("organisation").order_by("-id")


def reforms_in_force(day: dt.date) -> QuerySet[RightsReform]:
    """The confirmed entries that stand on `day`: the rows behind the register's numbers."""
    rows = RightsReform.objects.public().filter(adopted_on__lte=day)
    return rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day)).select_related("organisation")


def totals(day: dt.date) -> list[dict[str, Any]]:
    """Per kind on `day`: institutions, agreements, patents and persons; one query."""
    found = {
        row["kind"]: row
        for row in reforms_in_force(day)
        .order_by()
        .values("kind")
        .annotate(
            institutions=Count("organisation", distinct=True),
            agreements=Sum("agreement_count"),
            patents=Sum("patent_count"),
            persons=Sum("person_count"),
        )
    }
    nothing = {"institutions": 0, "agreements": 0, "patents": 0, "persons": 0}
    return [{**nothing, **found.get(code, {}), "kind": code, "label": label} for code, label in ReformKind.choices]
