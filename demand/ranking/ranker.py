"""From a need to the best patents, with the parts of each score."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from statistics import fmean
from typing import NamedTuple

from demand.enums import MissingFact, ScorePart
from demand.ranking.explain import places_of, shared_pieces
from demand.ranking.facts import FactCount, NeedFacts, count_facts
from demand.ranking.fields import field_shares
from demand.ranking.need import NeedText, need_terms
from demand.ranking.scoring import ScoredBlock, WeightedTerm, best, score_blocks, weigh
from demand.ranking.weights import (
    FIELD_SHARE,
    GOOD_SCORE,
    GOOD_SCORE_BY_WORDS,
    MEANING_BASE,
    MEANING_SCALE,
    NAMED_POINTS,
)
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
_TELLING = (ScorePart.MEANING.value, ScorePart.NAMED.value)
_PARTS = tuple(part.value for part in ScorePart)


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
    named: float
    listing: PatentFacts

    @property
    def score(self) -> float:
        return self.words + self.meaning + self.field + self.named


def rank(
    need: NeedText,
    corpus: Corpus,
    top: int = 20,
    *,
    vector: TextVector | None = None,
    facts: NeedFacts | None = None,
    named: Collection[int] = (),
) -> Ranking:
    """Rank the pool for a need: at most `top` patents that share telling words with it or are near in meaning.

    Without `vector` meaning counts nothing, and patents are found by words only. A patent that has no vector yet
    counts the mean meaning of the other candidates, so that new ones neither sink nor float. Patents that the need
    names come first, whatever they have in common with it.
    """
    terms = weigh(corpus, need_terms(need))
    blocks = list(score_blocks(corpus, terms)) if terms else []
    candidates, waiting = _candidates(corpus, blocks, vector, named)
    weighed = _weighed(corpus, candidates[: max(top, FACT_CANDIDATES)], facts or NeedFacts())
    reasons = _Reasons(need, terms, _details(blocks, [one.candidate.patent for one in weighed]))
    explained = (reasons.explained(one, has_vector=one.candidate.patent not in waiting) for one in weighed)
    # Single characters alone are chance.
    telling = (patent for patent in explained if patent.words or any(patent.parts[part] for part in _TELLING))
    ranked = sorted(islice(telling, top), key=lambda patent: (-patent.score, patent.patent_id))
    least = GOOD_SCORE if any(candidate.meaning for candidate in candidates) else GOOD_SCORE_BY_WORDS
    return Ranking(tuple(ranked), bool(ranked) and candidates[0].score >= least)


def by_words(need: NeedText, corpus: Corpus, count: int) -> list[int]:
    """The patents that share the most telling words with a need, best first."""
    terms = weigh(corpus, need_terms(need))
    return [patent for patent, _ in best(list(score_blocks(corpus, terms)), count)] if terms else []


def _candidates(
    corpus: Corpus, blocks: Sequence[ScoredBlock], vector: TextVector | None, named: Collection[int]
) -> tuple[list[_Candidate], set[int]]:
    """The candidates, best first by words, meaning and field; and those of them that wait for a vector."""
    words = {patent: _words_score(blocks, patent) for patent in named} | dict(best(blocks, CANDIDATES))
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
        _Candidate(
            patent,
            score,
            meanings.get(patent, usual),
            full * shares.get(patent, 0.0),
            NAMED_POINTS * (patent in named),
            listings[patent],
        )
        for patent, score in words.items()
    ]
    candidates.sort(key=lambda candidate: (-candidate.score, candidate.patent))
    return candidates, words.keys() - meanings.keys() if meanings else set()


class _Weighed(NamedTuple):
    """A candidate with the facts counted too."""

    candidate: _Candidate
    text: PatentText
    counts: list[FactCount]

    @property
    def order(self) -> tuple[float, int]:
        return -(self.candidate.score + sum(count.points for count in self.counts)), self.candidate.patent


def _weighed(corpus: Corpus, candidates: Sequence[_Candidate], facts: NeedFacts) -> list[_Weighed]:
    """The candidates with their facts, best first; those deleted since the index was made have no text."""
    texts = corpus.store.texts([candidate.patent for candidate in candidates])
    found = [
        _Weighed(candidate, text, count_facts(facts, candidate.listing, text))
        for candidate in candidates
        if (text := texts.get(candidate.patent))
    ]
    return sorted(found, key=lambda one: one.order)


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
        self, need: NeedText, terms: Sequence[WeightedTerm], details: dict[int, list[tuple[int, float]]]
    ) -> None:
        self._terms = [(term.term.channel, term.term.text) for term in terms]
        self._details = details
        bigrams = dict.fromkeys(text for channel, text in self._terms if channel == Channel.BIGRAM)
        self._places = places_of(f"{normalise(need.title)}\n{normalise(need.description)}", bigrams)

    def explained(self, one: _Weighed, *, has_vector: bool) -> RankedPatent:
        candidate = one.candidate
        amounts = self._amounts(candidate.patent)
        words = self._words(amounts, one.text)
        parts = dict.fromkeys(_PARTS, Decimal(0))
        for word in words:
            parts[word.part] += word.amount
        parts[ScorePart.CHARACTERS.value] = _rounded(sum(amounts[Channel.CHARACTER].values()))
        parts[ScorePart.MEANING.value] = _rounded(candidate.meaning)
        parts[ScorePart.FIELD.value] = _rounded(candidate.field)
        parts[ScorePart.NAMED.value] = _rounded(candidate.named)
        for count in one.counts:
            parts[count.part.value] = _rounded(count.points)
        missing = [] if has_vector else [MissingFact.PATENT_VECTOR.value]
        missing += [count.missing.value for count in one.counts if count.missing]
        return RankedPatent(
            candidate.patent, sum(parts.values(), Decimal(0)), parts, words, tuple(missing), candidate.listing
        )

    def _amounts(self, patent: int) -> dict[Channel, dict[str, float]]:
        """What each matched term adds, by channel."""
        amounts: dict[Channel, dict[str, float]] = {channel: {} for channel in Channel}
        for place, amount in self._details.get(patent, ()):
            channel, text = self._terms[place]
            amounts[channel][text] = amount
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
    return Decimal(f"{amount:.4f}")
