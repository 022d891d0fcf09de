"""Which words of the need a patent shares, in pieces that can be read and marked. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple


class Place(NamedTuple):
    """A bigram of the need's text and where it starts."""

    start: int
    bigram: str


def places_of(need_text: str, bigrams: Mapping[str, object]) -> list[Place]:
    """Where the given bigrams stand in the need's normalised text."""
    return [
        Place(start, first + second)
        for start, (first, second) in enumerate(pairwise(need_text))
        if first + second in bigrams
    ]


def shared_pieces(places: Sequence[Place], patent_text: str, amounts: Mapping[str, float]) -> dict[str, float]:
    """Join matched bigrams to the longest pieces that stand in both texts; each bigram counts in one piece.

    The patent's text is normalised. The amounts of the pieces sum to those given.
    """
    pieces = set(_pieces(places, patent_text, amounts))
    owner: dict[str, str] = {}
    for piece in sorted(pieces, key=lambda piece: (-len(piece), piece)):
        for first, second in pairwise(piece):
            owner.setdefault(first + second, piece)
    joined: dict[str, float] = {}
    for bigram, amount in amounts.items():
        piece = owner.get(bigram, bigram)
        joined[piece] = joined.get(piece, 0.0) + amount
    return joined


def _pieces(places: Sequence[Place], patent_text: str, amounts: Mapping[str, float]) -> Iterator[str]:
    """Read the need from left to right, lengthening a piece as long as the patent has it whole."""
    piece, end = "", -1
    for start, bigram in places:
        if bigram not in amounts:
            continue
        longer = piece + bigram[1]
        if start == end and longer in patent_text:
            piece = longer
        else:
            if piece:
                yield piece
            piece = bigram
        end = start + 1
    if piece:
        yield piece
