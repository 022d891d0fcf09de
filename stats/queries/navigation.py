"""Reads of navigation projects that services, pages, officials and target T08 share."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet

from patents.enums.cultivation import CallState, ReviewState
from patents.policy.cultivation import Applied, Candidate, Spread, conflicts, spread
from portal import clock
from portal.accounts.models import User
from stats.enums.navigation import ApplicationState, NavigationKind
from stats.models.navigation import (
    NavigationApplication,
    NavigationCall,
    NavigationProject,
    NavigationReview,
)
from subsidies.models import Claim

WANTED_A_YEAR = 2
"""Projects that the plan asks for in each year (T08: 每年开展2个以上)."""


def conflicts_of(expert: User, application: NavigationApplication) -> list[str]:
    """Why the expert may not judge the application, as far as the portal can see."""
    organisation = expert.organisation
    return conflicts(
        Candidate(expert.get_full_name(), expert.organisation_id, organisation.name if organisation else ""),
        Applied(
            application.organisation_id,
            application.organisation.name,
            application.leader_name,
            application.team_names,
            application.partner_names,
        ),
    )


def spread_of(application: NavigationApplication) -> Spread:
    """What the experts who have scored came to."""
    totals = application.reviews.filter(state=ReviewState.SCORED).order_by("id").values_list("total", flat=True)
    return spread([total for total in totals if total is not None])


def score_table(application: NavigationApplication) -> list[dict[str, Any]]:
    """One row per criterion: its label, maximum and each expert's points; for officials only."""
    reviews = list(application.reviews.filter(state=ReviewState.SCORED).order_by("id"))
    return [
        {"label": row["label"], "max": row["max"], "points": [review.scores.get(row["code"]) for review in reviews]}
        for row in application.call.criteria
    ]


def public_calls() -> QuerySet[NavigationCall]:
    """Published and closed calls, the newest first."""
    return NavigationCall.objects.exclude(state=CallState.DRAFT).order_by("-id")


def open_calls() -> QuerySet[NavigationCall]:
    """Calls in which can be applied today."""
    today = clock.today()
    return NavigationCall.objects.filter(state=CallState.PUBLISHED, opens_on__lte=today, closes_on__gte=today)


def calls_with_counts() -> QuerySet[NavigationCall]:
    """Calls with how many applied and how many were approved, for the officials' list."""
    handed_in = ~Q(applications__state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
    return NavigationCall.objects.annotate(
        applied_count=Count("applications", filter=handed_in),
        approved_count=Count("applications", filter=Q(applications__state=ApplicationState.APPROVED)),
    )


def own_applications(user: User) -> QuerySet[NavigationApplication]:
    """The applications of the user's organisation, newest first."""
    return NavigationApplication.objects.own(user).select_related("call").order_by("-id")


def reviews_of(user: User) -> QuerySet[NavigationReview]:
    """What an expert was asked to judge, the open ones first."""
    rows = NavigationReview.objects.filter(expert=user).select_related("application__call", "application__organisation")
    # "assigned" sorts before "declined" and "scored".
    return rows.order_by("state", "-id")


def projects_approved(year: int) -> QuerySet[NavigationProject]:
    """T08: the projects for key industries approved in a calendar year, by the day of approval; one row each.

    The plan speaks of projects for the whole province's industries; those of a city's own industry are not among them.
    """
    rows = NavigationProject.objects.filter(kind=NavigationKind.KEY_INDUSTRY)
    return rows.filter(approved_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31))).order_by("approved_on", "id")


def counts_by_year() -> list[dict[str, Any]]:
    """How many projects for key industries each year approved, the newest first, and whether that was enough."""
    rows = (
        NavigationProject.objects.filter(kind=NavigationKind.KEY_INDUSTRY)
        .order_by()
        .values("approved_on__year")
        .annotate(count=Count("id"))
    )
    return [
        {"year": row["approved_on__year"], "count": row["count"], "is_enough": row["count"] >= WANTED_A_YEAR}
        for row in sorted(rows, key=lambda row: -row["approved_on__year"])
    ]


def claim_of(project: NavigationProject) -> Claim | None:
    """The subsidy claim of a project's support, once it was made."""
    return Claim.objects.filter(object_key=f"navigation:{project.number}").select_related("rule").first()
