"""Ranking of patents for a need, with the reasons. Pure over the posting lists of a corpus."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from demand.ranking.explain import Place, places_of, shared_pieces
from demand.ranking.fields import field_amounts
from demand.ranking.need import NeedText, need_terms
from demand.ranking.scoring import ScoredBlock, WeightedTerm, best, score_blocks, weigh
from patents.index.blocks import BLOCK_SIZE, Channel
from patents.index.corpus import Corpus, PatentText
from patents.text import normalise

__all__ = ["RANKING_VERSION", "MatchedWord", "NeedText", "RankedPatent", "Ranking", "rank"]

RANKING_VERSION = "words-1"
"""Stored with each match; changes when a score can change for the same texts."""
GOOD_SCORE = Decimal(0)
FIELD_CANDIDATES = 200
"""Patents whose field is looked at; further down no field could raise one to the top."""

TITLE_WORDS, BIGRAMS, FIELD = "title_words", "bigrams", "field"
PARTS = (TITLE_WORDS, BIGRAMS, FIELD)
_PART_OF = {Channel.TITLE_WORD: TITLE_WORDS, Channel.BIGRAM: BIGRAMS}
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
    """A patent with its score, the parts that sum to it, and the words that sum to the parts other than the field.

    The score counts what of the need's weight the patent covers: 100 would be every term countless times; the field
    can add up to three tenths. Real good answers have 15 to 50.
    """

    patent_id: int
    score: Decimal
    parts: dict[str, Decimal]
    words: tuple[MatchedWord, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best patents, best first, and whether the first is worth telling anybody about."""

    patents: tuple[RankedPatent, ...]

    @property
    def has_good_match(self) -> bool:
        return bool(self.patents) and self.patents[0].score >= GOOD_SCORE


def rank(need: NeedText, corpus: Corpus, top: int = 20) -> Ranking:
    """Rank the pool for a need; at most `top` patents, none that shares no telling word with it."""
    terms = weigh(corpus, need_terms(need))
    blocks = list(score_blocks(corpus, terms)) if terms else []
    by_words = best(blocks, max(FIELD_CANDIDATES, top))
    if not by_words:
        return Ranking(())
    main_classes = corpus.store.main_classes([patent for patent, _ in by_words])
    fields = field_amounts(by_words, main_classes)
    # A patent deleted since the index was made has no class row, not even an empty one.
    totals = [(patent, score + fields.get(patent, 0.0)) for patent, score in by_words if patent in main_classes]
    chosen = [patent for patent, _ in sorted(totals, key=lambda pair: (-pair[1], pair[0]))[:top]]
    texts = corpus.store.texts(chosen)
    details = _details(blocks, chosen)
    bigrams = dict.fromkeys(term.term.text for term in terms if term.term.channel == Channel.BIGRAM)
    places = places_of(f"{normalise(need.title)}\n{normalise(need.description)}", bigrams)
    ranked = [
        _explained(patent, places, texts[patent], _amounts(terms, details[patent]), fields.get(patent, 0.0))
        for patent in chosen
        if patent in texts
    ]
    return Ranking(tuple(sorted(ranked, key=lambda patent: (-patent.score, patent.patent_id))))


def _details(blocks: Sequence[ScoredBlock], patents: Sequence[int]) -> dict[int, list[tuple[int, float]]]:
    found = {}
    for block in blocks:
        offsets = [patent % BLOCK_SIZE for patent in patents if patent // BLOCK_SIZE == block.number]
        for offset, terms in block.details(offsets).items():
            found[block.number * BLOCK_SIZE + offset] = terms
    return found


def _amounts(terms: Sequence[WeightedTerm], matched: Sequence[tuple[int, float]]) -> dict[Channel, dict[str, float]]:
    amounts: dict[Channel, dict[str, float]] = {channel: {} for channel in Channel}
    for place, amount in matched:
        term = terms[place].term
        amounts[term.channel][term.text] = amount
    return amounts


def _explained(
    patent: int, places: Sequence[Place], text: PatentText, amounts: dict[Channel, dict[str, float]], field: float
) -> RankedPatent:
    patent_text = f"{normalise(text.title)}\n{normalise(text.abstract)}"
    pieces = amounts | {Channel.BIGRAM: shared_pieces(places, patent_text, amounts[Channel.BIGRAM])}
    words = [
        MatchedWord(piece, _PART_OF[channel], _rounded(amount))
        for channel, found in pieces.items()
        for piece, amount in found.items()
    ]
    parts = {part: sum((word.amount for word in words if word.part == part), Decimal(0)) for part in PARTS}
    parts[FIELD] = _rounded(field)
    ordered = tuple(sorted(words, key=lambda word: (-word.amount, word.text, word.part)))
    return RankedPatent(patent, sum(parts.values(), Decimal(0)), parts, ordered)


def _rounded(amount: float) -> Decimal:
    # Scores are no money: rounded to the column's four places, words first, so that all sums are exact.
    return Decimal(repr(float(amount))).quantize(_STEP)
