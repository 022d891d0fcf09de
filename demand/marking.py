"""Showing where a need and a patent say the same. Pure."""

from collections.abc import Iterable

EXCERPT = 160
BEFORE = 30


def marked_pieces(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """`text` cut into pieces, each with whether it is part of a matched word; overlapping words run together.

    The words are in lower case, as the ranking normalises them; upper and lower case are taken as the same.
    """
    is_marked = [False] * len(text)
    lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    for word in {word for word in words if word}:
        at = lowered.find(word)
        while at >= 0:
            is_marked[at : at + len(word)] = [True] * len(word)
            at = lowered.find(word, at + 1)
    pieces: list[tuple[str, bool]] = []
    for char, marked in zip(text, is_marked, strict=True):
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = (pieces[-1][0] + char, marked)
        else:
            pieces.append((char, marked))
    return pieces


def excerpt(text: str, words: Iterable[str], *, length: int = EXCERPT) -> str:
    """About `length` characters of `text`, from shortly before the first matched word on."""
    lowered = text.lower()
    places = [place for word in words if word and (place := lowered.find(word)) >= 0]
    start = max(min(places, default=0) - BEFORE, 0)
    start = 0 if len(text) <= length else min(start, len(text) - length)
    cut = text[start : start + length]
    return f"{'…' if start else ''}{cut}{'…' if start + length < len(text) else ''}"
