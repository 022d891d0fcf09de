"""What a need asks for, as weighted terms. Pure."""

import math
from collections import Counter
from dataclasses import dataclass

from patents.index.blocks import Channel, Term
from patents.text import normalise, ranking_bigrams, ranking_words

TITLE_WEIGHT = 2
CANDIDATE_TERMS = {Channel.TITLE_WORD: 200, Channel.BIGRAM: 600}
"""Terms of a need whose frequency in the pool is looked up, the heaviest first: bounds a need of 20,000 characters."""


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
    for channel, cut in ((Channel.TITLE_WORD, ranking_words), (Channel.BIGRAM, ranking_bigrams)):
        counts: Counter[str] = Counter()
        for text, weight in texts:
            for term in cut(text):
                counts[term] += weight
        for term, count in counts.most_common(CANDIDATE_TERMS[channel]):
            terms[Term(channel, term)] = math.sqrt(count)
    return terms
