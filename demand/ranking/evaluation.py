"""How good a ranking is, by graded judgements. Pure.

The figures are those of information retrieval: nDCG@10 with gain 2^grade - 1, the share of good answers (grade 2 or 3)
among the first five, and the share of the first ten that anybody judged. Patents of equal title are one document.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain

import bm25s
import numpy as np
import numpy.typing as npt
import rjieba

from demand.ranking.need import NeedText, need_vector
from demand.ranking.ranker import Ranking, by_words, rank
from patents.index.corpus import Corpus
from patents.index.memory import MemoryPatent, MemoryStore
from patents.vectors.encoders import Encoder, TextVector, passage_text

DEPTH = 100
NDCG_DEPTH = 10
PRECISION_DEPTH = 5
GOOD_GRADE = 2


@dataclass(frozen=True, slots=True)
class Figures:
    demands: int
    """Needs with at least one judged patent above grade 0: only these can be measured."""
    ndcg_at_10: float
    p_at_5: float
    judged_share_at_10: float

    def rounded(self) -> dict[str, float]:
        """Four places; the judged share three."""
        return {name: round(value, 3 if name == "judged_share_at_10" else 4) for name, value in asdict(self).items()}


Rankings = Mapping[str, Sequence[str]]
Grades = Mapping[str, Mapping[str, int]]


def measure(rankings: Rankings, grades: Grades, titles: Mapping[str, str], *, condensed: bool = True) -> Figures:
    """Measure rankings (pool ids, best first, by need) against grades (by need and pool id).

    Condensed: patents that nobody judged are left out of a ranking; otherwise they count as grade 0.
    """
    gains, precisions, shares = [], [], []
    for demand, by_id in grades.items():
        wanted = {titles[patent]: grade for patent, grade in by_id.items()}
        order = list(dict.fromkeys(titles[patent] for patent in rankings.get(demand, ())))
        shares.append(sum(title in wanted for title in order[:NDCG_DEPTH]) / NDCG_DEPTH)
        best = _gain(sorted(wanted.values(), reverse=True))
        if not best:
            continue
        found = [wanted.get(title, 0) for title in order if title in wanted or not condensed]
        gains.append(_gain(found) / best)
        precisions.append(sum(grade >= GOOD_GRADE for grade in found[:PRECISION_DEPTH]) / PRECISION_DEPTH)
    return Figures(len(gains), _mean(gains), _mean(precisions), _mean(shares))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the evaluation encodes with, and for how many of a need's best patents by words.

    The product has a vector of every patent. Here those of a need's candidates have to do: making all takes an hour.
    """

    encoder: Encoder
    passages: Callable[[Sequence[str]], Mapping[str, npt.NDArray[np.float32]]]
    depth: int | None
    """None for every patent of the pool, as the product does it."""


def product_rankings(
    needs: Mapping[str, NeedText], pool: Mapping[str, MemoryPatent], meaning: Meaning | None = None
) -> dict[str, Ranking]:
    """The product's own ranking of the pool for each need; patents are numbered in the order of the pool."""
    patents = dict(enumerate(pool.values()))
    store = MemoryStore(patents)
    vectors: dict[str, TextVector] = {}
    if meaning:
        chosen: Iterable[int] = patents
        if meaning.depth is not None:
            found = (by_words(need, Corpus(store), meaning.depth) for need in needs.values())
            chosen = set(chain.from_iterable(found))
        texts = {patent: passage_text(patents[patent].title, patents[patent].abstract) for patent in sorted(chosen)}
        made = meaning.passages(list(dict.fromkeys(texts.values())))
        store.vectors = {patent: TextVector(meaning.encoder.name, made[text]) for patent, text in texts.items()}
        vectors = {demand: need_vector(need, meaning.encoder) for demand, need in needs.items()}
    return {demand: rank(need, Corpus(store), DEPTH, vector=vectors.get(demand)) for demand, need in needs.items()}


def listed(rankings: Mapping[str, Ranking], pool: Mapping[str, object]) -> dict[str, list[str]]:
    """Pool ids, best first, by need."""
    ids = list(pool)
    return {demand: [ids[patent.patent_id] for patent in ranking.patents] for demand, ranking in rankings.items()}


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often "no good match" is said, and how often rightly: when no judged patent has grade 2 or 3."""

    refused: int
    rightly_refused: int
    unanswerable: int
    """Needs for which nobody found a good patent; all of them should be refused."""


def refusals(rankings: Mapping[str, Ranking], grades: Grades) -> Refusals:
    """Count needs that the ranking refuses against those that the judgements leave without a good answer."""
    unanswerable = {demand for demand, found in grades.items() if max(found.values(), default=0) < GOOD_GRADE}
    refused = {demand for demand in grades if demand in rankings and not rankings[demand].has_good_match}
    return Refusals(len(refused), len(refused & unanswerable), len(unanswerable))


def reference_rankings(needs: Mapping[str, NeedText], pool: Mapping[str, MemoryPatent]) -> dict[str, list[str]]:
    """What plain BM25 over dictionary words of the whole texts gives: the figure to beat."""
    ids = list(pool)
    tokens = [_reference_tokens(f"{patent.title} {patent.abstract}") for patent in pool.values()]
    if not any(tokens):
        return {demand: [] for demand in needs}
    retriever = bm25s.BM25()
    retriever.index(tokens, show_progress=False)
    depth = min(DEPTH, len(ids))
    rankings = {}
    for demand, need in needs.items():
        query = _reference_tokens(f"{need.title} {need.description}")
        places = retriever.retrieve([query], k=depth, show_progress=False).documents[0] if query else ()
        rankings[demand] = [ids[place] for place in places]
    return rankings


@dataclass(frozen=True, slots=True)
class KnownItems:
    """The share of patents found by their own title, when neither title nor abstract says it."""

    asked: int
    recall_at_10: float
    """Patents of equal title are one, as everywhere in the evaluation."""
    same_patent_at_10: float
    """The same without that: exactly the patent whose title was asked for."""


def known_item_pool(pool: Mapping[str, MemoryPatent]) -> dict[str, MemoryPatent]:
    """The pool without titles, and with the title's words taken out of each abstract that repeats it whole."""
    return {
        key: patent._replace(title="", abstract=patent.abstract.replace(patent.title, "")) if patent.title else patent
        for key, patent in pool.items()
    }


def known_items(asked: Sequence[str], rankings: Rankings, titles: Mapping[str, str]) -> KnownItems:
    """Measure rankings by pool id (which names the need too: its title was asked for)."""
    same = [key in rankings[key][:NDCG_DEPTH] for key in asked]
    equal = [titles[key] in {titles[found] for found in rankings[key][:NDCG_DEPTH]} for key in asked]
    return KnownItems(len(asked), round(_mean(equal), 4), round(_mean(same), 4))


def grades_by_demand(rows: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    """Group (need, pool id, grade)."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for demand, patent, grade in rows:
        grades[demand][patent] = grade
    return dict(grades)


def _reference_tokens(text: str) -> list[str]:
    return [token for token in rjieba.cut(text) if token.strip()]


def _gain(grades: Sequence[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:NDCG_DEPTH]))


def _mean(values: Sequence[float]) -> float:
    # Plainly added: an exact sum would round a figure that lies on a half the other way than other programs do.
    return sum(values) / len(values) if values else 0.0
