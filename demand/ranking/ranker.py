"""From a need to the best patents, with the parts of each score."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean
from typing import NamedTuple

from demand.enums import MissingFact, ScorePart
from demand.ranking.explain import places_of, shared_pieces
from demand.ranking.facts import NeedFacts, count_facts
from demand.ranking.fields import field_shares
from demand.ranking.need import NeedText, need_terms
from demand.ranking.scoring import ScoredBlock, WeightedTerm, best, score_blocks, weigh
from demand.ranking.weights import FIELD_SHARE, GOOD_SCORE, GOOD_SCORE_BY_WORDS, MEANING_BASE, MEANING_SCALE
from patents.index.blocks import BLOCK_SIZE, Channel
from patents.index.corpus import Corpus, PatentFacts, PatentText
from patents.text import normalise
from patents.vectors.encoders import TextVector

CANDIDATES = 200
"""Patents with the best words whose other parts are looked at."""
NEAREST = 100
"""Patents nearest in meaning that are looked at too, whatever their words."""
FACT_CANDIDATES = 40
"""Best by words, meaning and field whose stated facts are counted; facts never lift a patent from further down."""

_PART_OF = {
    Channel.TITLE_WORD: ScorePart.TITLE_WORDS,
    Channel.BIGRAM: ScorePart.BIGRAMS,
    Channel.CHARACTER: ScorePart.CHARACTERS,
}
_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A piece of text that need and patent share."""

    text: str
    part: str
    amount: Decimal
    """What it adds to the score."""


@dataclass(frozen=True, slots=True)
class RankedPatent:
    """A patent with its score, the parts that sum to it, and the words that sum to the parts of words.

    Single characters are summed in their part and not listed: marked in a text they would only confuse.
    """

    patent_id: int
    score: Decimal
    parts: dict[str, Decimal]
    words: tuple[MatchedWord, ...]
    missing: tuple[str, ...]
    """Facts that could raise the score if somebody stated them."""
    listing: PatentFacts
    """The facts that were counted."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best patents, best first, and whether the first is worth telling anybody about."""

    patents: tuple[RankedPatent, ...]
    has_good_match: bool = False


class _Candidate(NamedTuple):
    patent: int
    words: float
    meaning: float
    field: float
    listing: PatentFacts

    @property
    def score(self) -> float:
        return self.words + self.meaning + self.field


def rank(
    need: NeedText,
    corpus: Corpus,
    top: int = 20,
    *,
    vector: TextVector | None = None,
    facts: NeedFacts | None = None,
) -> Ranking:
    """Rank the pool for a need: at most `top` patents that share telling words with it or are near in meaning.

    Without `vector` meaning counts nothing, and patents are found by words only. A patent that has no vector yet
    counts the mean meaning of the other candidates, so that new ones neither sink nor float.
    """
    terms = weigh(corpus, need_terms(need))
    blocks = list(score_blocks(corpus, terms)) if terms else []
    candidates, waiting = _candidates(corpus, blocks, vector)
    chosen = candidates[: max(top, FACT_CANDIDATES)]
    texts = corpus.store.texts([candidate.patent for candidate in chosen])
    reasons = _Reasons(need, facts or NeedFacts(), terms, _details(blocks, [candidate.patent for candidate in chosen]))
    ranked = [
        reasons.explained(candidate, texts[candidate.patent], has_vector=candidate.patent not in waiting)
        for candidate in chosen
        if candidate.patent in texts
    ]
    # Single characters alone are chance.
    ranked = [patent for patent in ranked if patent.words or patent.parts[ScorePart.MEANING.value]]
    ranked.sort(key=lambda patent: (-patent.score, patent.patent_id))
    least = GOOD_SCORE if any(candidate.meaning for candidate in chosen) else GOOD_SCORE_BY_WORDS
    return Ranking(tuple(ranked[:top]), bool(ranked) and chosen[0].score >= least)


def by_words(need: NeedText, corpus: Corpus, count: int) -> list[int]:
    """The patents that share the most telling words with a need, best first."""
    terms = weigh(corpus, need_terms(need))
    return [patent for patent, _ in best(list(score_blocks(corpus, terms)), count)] if terms else []


def _candidates(
    corpus: Corpus, blocks: Sequence[ScoredBlock], vector: TextVector | None
) -> tuple[list[_Candidate], set[int]]:
    """The candidates, best first by words, meaning and field; and those of them that wait for a vector."""
    words = dict(best(blocks, CANDIDATES))
    cosines: dict[int, float] = {}
    if vector is not None:
        cosines = corpus.store.nearest(vector, NEAREST)
        cosines |= corpus.store.closeness(vector, [patent for patent in words if patent not in cosines])
        words |= {patent: _words_score(blocks, patent) for patent in cosines if patent not in words}
    listings = corpus.store.facts(list(words))
    # A patent deleted since the index was made has no listing.
    words = {patent: score for patent, score in words.items() if patent in listings}
    meanings = {patent: MEANING_SCALE * max(cosine - MEANING_BASE, 0.0) for patent, cosine in cosines.items()}
    usual = fmean(meanings.values()) if meanings else 0.0
    before = [(patent, score + meanings.get(patent, usual)) for patent, score in words.items()]
    before.sort(key=lambda pair: (-pair[1], pair[0]))
    shares = field_shares(before, {patent: listing.main_class for patent, listing in listings.items()})
    full = FIELD_SHARE * max(words.values(), default=0.0)
    candidates = [
        _Candidate(patent, score, meanings.get(patent, usual), full * shares.get(patent, 0.0), listings[patent])
        for patent, score in words.items()
    ]
    candidates.sort(key=lambda candidate: (-candidate.score, candidate.patent))
    return candidates, words.keys() - meanings.keys() if meanings else set()


def _words_score(blocks: Sequence[ScoredBlock], patent: int) -> float:
    number, offset = divmod(patent, BLOCK_SIZE)
    return next((float(block.scores[offset]) for block in blocks if block.number == number), 0.0)


def _details(blocks: Sequence[ScoredBlock], patents: Sequence[int]) -> dict[int, list[tuple[int, float]]]:
    found = {}
    for block in blocks:
        offsets = [patent % BLOCK_SIZE for patent in patents if patent // BLOCK_SIZE == block.number]
        for offset, terms in block.details(offsets).items():
            found[block.number * BLOCK_SIZE + offset] = terms
    return found


class _Reasons:
    """Writes out why each candidate has its score."""

    def __init__(
        self,
        need: NeedText,
        facts: NeedFacts,
        terms: Sequence[WeightedTerm],
        details: dict[int, list[tuple[int, float]]],
    ) -> None:
        self._facts = facts
        self._terms = terms
        self._details = details
        bigrams = dict.fromkeys(term.term.text for term in terms if term.term.channel == Channel.BIGRAM)
        self._places = places_of(f"{normalise(need.title)}\n{normalise(need.description)}", bigrams)

    def explained(self, candidate: _Candidate, text: PatentText, *, has_vector: bool) -> RankedPatent:
        amounts = self._amounts(candidate.patent)
        words = self._words(amounts, text)
        counts = count_facts(self._facts, candidate.listing, text)
        parts = dict.fromkeys((part.value for part in ScorePart), Decimal(0))
        for word in words:
            parts[word.part] += word.amount
        parts[ScorePart.CHARACTERS.value] = _rounded(sum(amounts[Channel.CHARACTER].values()))
        parts[ScorePart.MEANING.value] = _rounded(candidate.meaning)
        parts[ScorePart.FIELD.value] = _rounded(candidate.field)
        for count in counts:
            parts[count.part.value] = _rounded(count.points)
        missing = [] if has_vector else [MissingFact.PATENT_VECTOR.value]
        missing += [count.missing.value for count in counts if count.missing]
        return RankedPatent(
            candidate.patent, sum(parts.values(), Decimal(0)), parts, words, tuple(missing), candidate.listing
        )

    def _amounts(self, patent: int) -> dict[Channel, dict[str, float]]:
        """What each matched term adds, by channel."""
        amounts: dict[Channel, dict[str, float]] = {channel: {} for channel in Channel}
        for place, amount in self._details.get(patent, ()):
            term = self._terms[place].term
            amounts[term.channel][term.text] = amount
        return amounts

    def _words(self, amounts: dict[Channel, dict[str, float]], text: PatentText) -> tuple[MatchedWord, ...]:
        """The matched words, those that count most first."""
        patent_text = f"{normalise(text.title)}\n{normalise(text.abstract)}"
        pieces = {
            Channel.TITLE_WORD: amounts[Channel.TITLE_WORD],
            Channel.BIGRAM: shared_pieces(self._places, patent_text, amounts[Channel.BIGRAM]),
        }
        words = [
            MatchedWord(piece, _PART_OF[channel].value, _rounded(amount))
            for channel, found in pieces.items()
            for piece, amount in found.items()
        ]
        return tuple(sorted(words, key=lambda word: (-word.amount, word.text, word.part)))


def _rounded(amount: float) -> Decimal:
    # Scores are no money: rounded to the column's four places, words first, so that all sums are exact.
    return Decimal(repr(float(amount))).quantize(_STEP)
