"""Keeping what is known of how well a patent answers a need."""

from demand.enums import JudgementSource
from demand.models import Demand, Judgement

_WEIGHT = {
    JudgementSource.REFUSAL: 0,
    JudgementSource.CONTACT: 1,
    JudgementSource.OUTCOME: 2,
    JudgementSource.DEAL: 2,
}


def judge(demand: Demand, patent_id: int, grade: int, source: JudgementSource) -> Judgement:
    """Keep a judgement; a weightier source is not overruled: what was dealt outweighs what was said before.

    Runs inside the transaction of the act it follows from.
    """
    row, created = Judgement.objects.select_for_update().get_or_create(
        demand=demand, patent_id=patent_id, defaults={"grade": grade, "source": source}
    )
    if not created and _WEIGHT[source] >= _WEIGHT[JudgementSource(row.source)]:
        row.grade, row.source = grade, source
        row.save(update_fields=["grade", "source", "made_at"])
    return row
