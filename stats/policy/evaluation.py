"""Points, grades and places of the yearly evaluation: no database, no clock."""

from collections.abc import Mapping, Sequence
from typing import Any

from patents.policy.cultivation import total_score
from portal.errors import Invalid

FULL = 100
"""The points of a whole scheme (own default, as such evaluations have)."""


def check_criteria(criteria: Sequence[Mapping[str, Any]]) -> None:
    """Raise Invalid unless the criteria's highest points add up to FULL."""
    total = sum(row["max"] for row in criteria)
    if total != FULL:
        raise Invalid(f"各项满分合计应为 {FULL} 分，现为 {total} 分。", code="points")


def check_scores(criteria: Sequence[Mapping[str, Any]], scores: Mapping[str, Any]) -> int:
    """The sum of whole points, one for each criterion within its maximum; Invalid names the criterion at fault."""
    return total_score(criteria, scores)


def grade_of(total: int, grades: Sequence[Mapping[str, Any]]) -> str:
    """The first grade whose lower bound the total reaches; `grades` runs from the best to one that begins at 0."""
    return next((str(row["label"]) for row in grades if total >= row["at_least"]), "")


def places(totals: Sequence[int]) -> list[int]:
    """The place of each total, the highest first; equal totals share a place and the next one is left out."""
    return [1 + sum(other > total for other in totals) for total in totals]
