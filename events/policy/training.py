"""Marking a test and deciding who has passed a course. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FULL_MARK = Decimal(100)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a test: the places of its right options, from 0, and its marks."""

    key: int
    right: frozenset[int]
    marks: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a course asks for (rule `training`). `attendance_share` is a fraction of the course's hours."""

    attendance_share: Decimal
    pass_mark: Decimal
    has_test: bool


def mark_test(questions: Sequence[Question], answers: Mapping[int, frozenset[int]]) -> Decimal:
    """The marks earned, of 100, to a tenth, half up.

    A question counts whole when exactly its right options were chosen, otherwise nothing. A test without questions
    gives 0.
    """
    total = sum(one.marks for one in questions)
    earned = sum(one.marks for one in questions if answers.get(one.key, frozenset()) == one.right)
    return (FULL_MARK * earned / total).quantize(_TENTH, ROUND_HALF_UP) if total else Decimal("0.0")


def hours_wanted(hours: Decimal, terms: Terms) -> Decimal:
    """The hours that must be attended, not rounded."""
    return hours * terms.attendance_share


def has_attended(hours: Decimal, attended: Decimal, terms: Terms) -> bool:
    """Whether enough of the course's hours were attended."""
    return attended >= hours_wanted(hours, terms)


def has_completed(hours: Decimal, attended: Decimal, best_score: Decimal | None, terms: Terms) -> bool:
    """Whether a certificate is due: enough hours, and the test passed where there is one."""
    if not has_attended(hours, attended, terms):
        return False
    return not terms.has_test or (best_score is not None and best_score >= terms.pass_mark)
