"""What the public page of a patent shows of its open licence, its evaluations and its high value."""

from typing import Any

from patents.models import Patent
from patents.policy.high_value import is_high_value
from patents.queries import evaluation as queries
from patents.queries.licences import open_licence_of
from portal import clock


def value_parts(patent: Patent) -> dict[str, Any]:
    """Context of templates/patents/_value.html: the open licence, closed evaluations, the five kinds."""
    results = queries.high_value_of(patent, clock.today())
    closed = queries.public_scores(patent)
    return {
        "open_licence": open_licence_of(patent),
        "high_value_results": results,
        "is_high_value": is_high_value(results),
        "closed_evaluations": [
            {"evaluation": one, "scene": queries.table_of(one.table).scene(one.scene), "by_scorer": labelled(one)}
            for one in closed
        ],
    }


def labelled(evaluation: Any) -> list[tuple[str, Any]]:
    """The scores that count by the scorer's name; `scores` were prefetched."""
    return [(queries.scorer_label(key), rows) for key, rows in queries.current_scores(evaluation.scores).items()]
