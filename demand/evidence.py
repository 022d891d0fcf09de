"""Which words of a patent state a figure that a need asks for. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from demand.ranking.figures import Figure, figures

_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_CLAUSE = re.compile(r"[^，,]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure as the need words it."""

    text: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Evidence:
    """A wanted figure, and the sentence and clause that state it, reached or not; both empty when none does.

    "Not reached" is said of named shares only: of another quantity with the same unit it would say nothing.
    """

    wanted: str
    sentence: str = ""
    clause: str = ""
    is_met: bool = False


def wanted_figures(text: str) -> list[Wanted]:
    """The figures that can be compared in a need's target figures, each with the clause that it stands in."""
    wanted = []
    for sentence in _SENTENCE.findall(text):
        for clause in _CLAUSE.findall(sentence):
            found = figures(clause)
            # A clause with several figures is answered figure by figure.
            wanted += [
                Wanted(clause.strip() if len(found) == 1 else f"{clause.strip()}（{_amount(figure)}）", figure)
                for figure in found
            ]
    return wanted


def _amount(figure: Figure) -> str:
    span = f"{figure.low:g}" if figure.low == figure.high else f"{figure.low:g}～{figure.high:g}"
    return f"{span} {figure.unit}"


def evidence_for(wanted: Sequence[Wanted], title: str, abstract: str) -> list[Evidence]:
    """For each wanted figure the first sentence of the patent that states it reached, or else that states it at all."""
    stated = [
        (figure, sentence.strip(), clause.strip())
        for sentence in _SENTENCE.findall(f"{title}\n{abstract}")
        for clause in _CLAUSE.findall(sentence)
        for figure in figures(clause)
    ]
    return [_evidence(one, stated) for one in wanted]


def _evidence(wanted: Wanted, stated: Sequence[tuple[Figure, str, str]]) -> Evidence:
    for figure, sentence, clause in stated:
        if wanted.figure.is_met_by(figure):
            return Evidence(wanted.text, sentence, clause, is_met=True)
    for figure, sentence, clause in stated:
        if wanted.figure.is_same_share(figure):
            return Evidence(wanted.text, sentence, clause)
    return Evidence(wanted.text)
