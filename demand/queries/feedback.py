"""What users' own acts say about the ranking, as a set that it can be measured on."""

from collections.abc import Iterator
from dataclasses import dataclass

from demand.models import Judgement
from demand.queries.disclosure import public_text
from demand.ranking import NeedText
from patents.index.memory import MemoryPatent
from patents.models import Patent


@dataclass(frozen=True, slots=True)
class FeedbackSet:
    """Needs by their reference, the whole pool by its key, and (need, patent, grade 0-3).

    Needs are their public parts only: what the matcher was given.
    """

    needs: dict[str, NeedText]
    pool: dict[str, MemoryPatent]
    judgements: list[tuple[str, str, int]]


def judged() -> Iterator[tuple[str, str, int]]:
    """(need's reference, patent's key, grade), in a stable order."""
    rows = Judgement.objects.order_by("demand_id", "patent_id").values_list("demand__ref", "patent_id", "grade")
    for ref, patent_id, grade in rows.iterator():
        yield ref, str(patent_id), grade


def feedback_set() -> FeedbackSet:
    """The judged needs against the pool as it is now. Holds the texts of the whole pool in memory."""
    rows = list(judged())
    demands = {row.demand for row in Judgement.objects.select_related("demand__organisation")}
    patents = Patent.objects.order_by("pk").values_list("pk", "title", "abstract", "main_class")
    return FeedbackSet(
        needs={demand.ref: public_text(demand) for demand in demands},
        pool={str(pk): MemoryPatent(title, abstract, main) for pk, title, abstract, main in patents.iterator()},
        judgements=rows,
    )
