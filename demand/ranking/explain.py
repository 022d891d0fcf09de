"""Which words of the need a patent shares, in pieces that can be read and marked. Pure."""

import re
from collections.abc import Mapping

_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002a6df]+")


def shared_pieces(need_text: str, patent_text: str, amounts: Mapping[str, float]) -> dict[str, float]:
    """Join matched bigrams to the longest pieces that stand in both texts; each bigram counts in one piece.

    Both texts are normalised. The amounts of the pieces sum to those given.
    """
    pieces = {piece for run in _HAN_RUN.findall(need_text) for piece in _pieces(run, patent_text, amounts)}
    owner: dict[str, str] = {}
    for piece in sorted(pieces, key=lambda piece: (-len(piece), piece)):
        for start in range(len(piece) - 1):
            owner.setdefault(piece[start : start + 2], piece)
    joined: dict[str, float] = {}
    for bigram, amount in amounts.items():
        piece = owner.get(bigram, bigram)
        joined[piece] = joined.get(piece, 0.0) + amount
    return joined


def _pieces(run: str, patent_text: str, amounts: Mapping[str, float]) -> set[str]:
    found, start = set(), 0
    while start < len(run) - 1:
        end = start + 1
        while end < len(run) and run[end - 1 : end + 1] in amounts and run[start : end + 1] in patent_text:
            end += 1
        if end > start + 1:
            found.add(run[start:end])
        start = max(end - 1, start + 1)
    return found
