"""What a need asks for, as weighted terms and as a vector. Pure."""

import math
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from patents.index.blocks import Channel, Term
from patents.text import normalise, plain, ranking_bigrams, ranking_characters, ranking_words
from patents.vectors.encoders import Encoder, TextVector

TITLE_WEIGHT = 2
CANDIDATE_TERMS = {Channel.TITLE_WORD: 200, Channel.BIGRAM: 600, Channel.CHARACTER: 200}
"""Terms of a need whose frequency in the pool is looked up, the heaviest first: bounds a need of 20,000 characters."""
CHANNEL_WEIGHTS = {Channel.TITLE_WORD: 1.0, Channel.BIGRAM: 1.0, Channel.CHARACTER: 0.75}
"""Characters find what is called a little differently (a pump for a pumping device), but say less than words."""
_CUTS = {
    Channel.TITLE_WORD: ranking_words,
    Channel.BIGRAM: ranking_bigrams,
    Channel.CHARACTER: ranking_characters,
}
VECTOR_CHARACTERS = 300
"""Of a need's text that are encoded."""


@dataclass(frozen=True, slots=True)
class NeedText:
    """The words of a need that may be shown to the other side."""

    title: str
    description: str = ""


def need_terms(need: NeedText) -> dict[Term, float]:
    """The need's terms with their weights: the square root of how often each is said, the title twice.

    The root keeps a company's repeated praise of its product from outweighing the one mention of its problem.
    """
    terms: dict[Term, float] = {}
    texts = ((normalise(need.title), TITLE_WEIGHT), (normalise(need.description), 1))
    for channel, cut in _CUTS.items():
        counts: Counter[str] = Counter()
        for text, weight in texts:
            for term in cut(text):
                counts[term] += weight
        for term, count in counts.most_common(CANDIDATE_TERMS[channel]):
            terms[Term(channel, term)] = math.sqrt(count) * CHANNEL_WEIGHTS[channel]
    return terms


def need_vector(need: NeedText, encoder: Encoder) -> TextVector:
    """Half the title's meaning, half the whole text's: either alone ranks worse."""
    halves = encoder.queries(vector_texts(need))
    mean = halves.mean(axis=0)
    return TextVector(encoder.name, mean / max(float(np.linalg.norm(mean)), 1e-9))


def text_digest(need: NeedText) -> str:
    """Changes when what is encoded of the need changes."""
    return blake2b("\n".join(vector_texts(need)).encode(), digest_size=16).hexdigest()


def vector_texts(need: NeedText) -> tuple[str, str]:
    """What of a need is encoded."""
    title = plain(need.title)
    return title, f"{title}。{plain(need.description)}"[:VECTOR_CHARACTERS]
