"""Ranking of patents for a need, with the reasons. Pure: where posting lists and vectors come from does not matter."""

from demand.ranking.facts import NeedFacts
from demand.ranking.need import NeedText, need_vector, text_digest
from demand.ranking.ranker import MatchedWord, RankedPatent, Ranking, rank
from demand.ranking.weights import RANKING_VERSION

__all__ = [
    "RANKING_VERSION",
    "MatchedWord",
    "NeedFacts",
    "NeedText",
    "RankedPatent",
    "Ranking",
    "need_vector",
    "rank",
    "text_digest",
]
