"""Reads of the register of operating bodies."""

from typing import Any

from django.db.models import Q, QuerySet, Sum

from patents.enums.bodies import ActivityState, BodyKind, BodyState
from patents.models import BodyActivity, OperatingBody

FIGURES = ("firm_count", "match_count", "deal_count", "deal_amount", "event_count", "trained_count")


def listed_bodies() -> QuerySet[OperatingBody]:
    """The bodies at work with what their confirmed reports sum to, by kind and city."""
    confirmed = Q(activities__state=ActivityState.CONFIRMED)
    sums: dict[str, Any] = {f"sum_{name}": Sum(f"activities__{name}", filter=confirmed) for name in FIGURES}
    return (
        OperatingBody.objects.filter(state=BodyState.LISTED)
        .select_related("organisation")
        .annotate(**sums)
        .order_by("kind", "city_code", "id")
    )


def by_kind(bodies: list[OperatingBody]) -> list[dict[str, Any]]:
    """The bodies in the order of the plan: platform, centre, branches, key cities, institutions."""
    return [
        {"label": label, "bodies": [body for body in bodies if body.kind == code]} for code, label in BodyKind.choices
    ]


def confirmed_activities(*, year: int | None = None) -> QuerySet[BodyActivity]:
    """The rows behind every sum of the register."""
    rows = BodyActivity.objects.filter(state=ActivityState.CONFIRMED).select_related("body")
    return rows if year is None else rows.filter(year=year)
