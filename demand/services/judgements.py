"""Keeping what is known of how well a patent answers a need."""

from typing import Any

from demand.enums import JudgementSource
from demand.models import Demand, Judgement

_WEIGHT = {
    JudgementSource.REFUSAL: 0,
    JudgementSource.CONTACT: 1,
    JudgementSource.OUTCOME: 2,
    JudgementSource.DEAL: 2,
}


def judge(demand: Demand, patent_id: int, grade: int, source: JudgementSource) -> Judgement:
    """Keep a judgement with the match it is about; a weightier source is not overruled.

    What was dealt outweighs what was said before. Runs inside the transaction of the act it follows from.
    """
    matched = _match_of(demand, patent_id)
    row, created = Judgement.objects.select_for_update().get_or_create(
        demand=demand, patent_id=patent_id, defaults={"grade": grade, "source": source, "matched": matched}
    )
    if not created and _WEIGHT[source] >= _WEIGHT[JudgementSource(row.source)]:
        row.grade, row.source = grade, source
        # A need that is over has no matches any more: what was seen before stays.
        row.matched = matched or row.matched
        row.save(update_fields=["grade", "source", "matched", "made_at"])
    return row


def _match_of(demand: Demand, patent_id: int) -> dict[str, Any]:
    match = demand.matches.filter(patent_id=patent_id).first()
    if match is None:
        return {}
    return {
        "version": match.version,
        "rank": match.rank,
        "score": str(match.score),
        "parts": match.parts,
        "inputs": match.inputs,
    }
