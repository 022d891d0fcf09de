"""Reads of the yearly evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments.models import Attachment
from stats.enums.evaluation import WITH_CITY, EvaluationState, SchemeState
from stats.models.evaluation import CityEvaluation, EvaluationScheme
from stats.policy.evaluation import places


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion of one city, with what hangs on it."""

    criterion: Mapping[str, Any]
    self_score: int | None
    statement: str
    score: int | None
    reason: str
    files: list[Attachment]


def schemes(user: User) -> QuerySet[EvaluationScheme]:
    """The schemes with how many cities reported and were scored, the newest first."""
    return (
        EvaluationScheme.objects.visible_to(user)
        .annotate(
            sent_count=Count("evaluations", filter=~Q(evaluations__state__in=WITH_CITY)),
            scored_count=Count("evaluations", filter=Q(evaluations__state=EvaluationState.SCORED)),
        )
        .order_by("-year")
    )


def rows_of(evaluation: CityEvaluation, *, with_scores: bool) -> list[Row]:
    """The criteria in the scheme's order; the province's points only where the reader may see them. One query."""
    files: dict[str, list[Attachment]] = {}
    for file in Attachment.objects.of(evaluation):
        files.setdefault(file.purpose, []).append(file)
    return [
        Row(
            row,
            evaluation.self_scores.get(row["code"]),
            evaluation.statements.get(row["code"], ""),
            evaluation.scores.get(row["code"]) if with_scores else None,
            evaluation.reasons.get(row["code"], "") if with_scores else "",
            files.get(row["code"], []),
        )
        for row in evaluation.scheme.criteria
    ]


def sees_scores(user: User, scheme: EvaluationScheme) -> bool:
    """Whether points are shown: to the province always, to the cities and others once they are announced."""
    return user.role == Role.PROVINCE or scheme.state in (SchemeState.ANNOUNCED, SchemeState.CLOSED)


def ranking(scheme: EvaluationScheme) -> list[tuple[int | None, CityEvaluation]]:
    """Every city with its place, the best first; those without points last, by code. One query."""
    found = list(scheme.evaluations.order_by("city_code"))
    for evaluation in found:
        evaluation.scheme = scheme
    scored = [evaluation for evaluation in found if evaluation.total is not None]
    placed = dict(zip((one.pk for one in scored), places([one.total or 0 for one in scored]), strict=True))
    rows = [(placed.get(evaluation.pk), evaluation) for evaluation in found]
    return sorted(rows, key=lambda row: (row[0] is None, row[0] or 0, row[1].city_code))
