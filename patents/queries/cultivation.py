"""Reads of calls, applications and centres that services, pages, officials and the statistics share."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from patents.enums.cultivation import ApplicationState, CallState, ReviewState
from patents.models import Centre, CentreApplication, CentreReview, CultivationCall
from patents.policy.cultivation import Applied, Candidate, Spread, conflicts, spread
from portal import clock
from portal.accounts.models import User
from portal.policy.models import RuleState, RuleVersion
from portal.policy.queries import in_force_on

GRANT_RULE = "cultivation_grant"


def grant_rule_of(centre: Centre) -> RuleVersion | None:
    """The rule on a centre's money in force on the day of its recognition."""
    return in_force_on(GRANT_RULE, centre.recognised_on).first()


def ceiling_of(rule: RuleVersion | None) -> Decimal | None:
    """The most that one centre gets, in yuan; None where no rule states it."""
    stated = rule.parameters["max_per_item"] if rule else None
    return Decimal(stated) if stated is not None else None


def waiting_grant_rule(*, lock: bool = False) -> RuleVersion | None:
    """The drafted amount that waits for a second officer."""
    rows = RuleVersion.objects.filter(kind=GRANT_RULE, state=RuleState.DRAFT, drafted_by__isnull=False)
    return (rows.select_for_update(of=("self",)) if lock else rows).order_by("id").first()


def end_of_validity(start: dt.date, years: int) -> dt.date:
    """The last day of a term of whole years that begins on `start`: the day before the anniversary."""
    year = start.year + years
    try:
        anniversary = start.replace(year=year)
    except ValueError:  # 29 February
        anniversary = dt.date(year, 3, 1)
    return anniversary - dt.timedelta(days=1)


def conflicts_of(expert: User, application: CentreApplication) -> list[str]:
    """Why the expert may not judge the application, as far as the portal can see."""
    return conflicts(
        Candidate(
            expert.get_full_name(), expert.organisation_id, expert.organisation.name if expert.organisation else ""
        ),
        Applied(
            application.organisation_id,
            application.organisation.name,
            application.leader_name,
            application.team_names,
            application.partner_names,
        ),
    )


def spread_of(application: CentreApplication) -> Spread:
    """What the experts who have scored came to."""
    scored = application.reviews.filter(state=ReviewState.SCORED).order_by("id")
    return spread([total for total in scored.values_list("total", flat=True) if total is not None])


def score_table(application: CentreApplication) -> list[dict[str, Any]]:
    """One row per criterion: its label, maximum and each expert's points; for officials only."""
    reviews = list(application.reviews.filter(state=ReviewState.SCORED).order_by("id"))
    return [
        {"label": row["label"], "max": row["max"], "points": [review.scores.get(row["code"]) for review in reviews]}
        for row in application.call.criteria
    ]


def public_calls() -> QuerySet[CultivationCall]:
    """Published and closed calls, the newest first."""
    return CultivationCall.objects.exclude(state=CallState.DRAFT).order_by("-id")


def open_calls() -> QuerySet[CultivationCall]:
    """Calls in which can be applied today."""
    today = clock.today()
    return CultivationCall.objects.filter(state=CallState.PUBLISHED, opens_on__lte=today, closes_on__gte=today)


def own_applications(user: User) -> QuerySet[CentreApplication]:
    """The applications of the user's organisation, newest first."""
    return CentreApplication.objects.own(user).select_related("call").order_by("-id")


def reviews_of(user: User) -> QuerySet[CentreReview]:
    """What an expert was asked to judge, the open ones first."""
    rows = CentreReview.objects.filter(expert=user).select_related("application__call", "application__organisation")
    return rows.order_by("-state", "-id")  # "waiting" sorts behind "scored" and "declined"


def centres_valid_on(day: dt.date) -> QuerySet[Centre]:
    """T01: the centres whose recognition stands on `day`, one row each."""
    return Centre.objects.valid_on(day).select_related("organisation").order_by("id")


def centres_recognised_by(day: dt.date) -> QuerySet[Centre]:
    """T01 as the plan words it (认定支持培育 300 家): all recognised up to `day`, without those revoked by then."""
    stands = Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
    return Centre.objects.filter(stands, recognised_on__lte=day).select_related("organisation").order_by("id")


def calls_with_counts() -> QuerySet[CultivationCall]:
    """Calls with how many applied and how many were recognised, for the officials' list."""
    handed_in = ~Q(applications__state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
    return CultivationCall.objects.annotate(
        applied_count=Count("applications", filter=handed_in),
        recognised_count=Count("applications", filter=Q(applications__state=ApplicationState.RECOGNISED)),
    )
