"""Marking tests, and who has completed a course."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.policy.training import Question, Terms, has_completed, mark_test

ONE = Question(1, frozenset({0}), 4)
TWO = Question(2, frozenset({1, 2}), 6)
THREE = Question(3, frozenset({0}), 5)


@pytest.mark.parametrize(
    ("questions", "answers", "mark"),
    [
        ((ONE, TWO), {1: {0}, 2: {1, 2}}, "100.0"),
        ((ONE, TWO), {1: {0}}, "40.0"),
        # Several options count whole or not at all.
        ((ONE, TWO), {1: {0}, 2: {1}}, "40.0"),
        ((ONE, TWO), {1: {0}, 2: {0, 1, 2}}, "40.0"),
        # 4 of 15 is 26.666...
        ((ONE, TWO, THREE), {1: {0}}, "26.7"),
        # Answers of another test count nothing.
        ((ONE,), {9: {0}}, "0.0"),
        ((), {}, "0.0"),
    ],
)
def test_marks(questions, answers, mark):
    chosen = {key: frozenset(places) for key, places in answers.items()}

    assert mark_test(questions, chosen) == Decimal(mark)


@given(st.lists(st.tuples(st.sets(st.integers(0, 3), min_size=1), st.integers(1, 20)), min_size=1, max_size=8))
def test_all_right_is_a_hundred_and_nothing_is_zero(rows):
    questions = [Question(key, frozenset(right), marks) for key, (right, marks) in enumerate(rows)]

    assert mark_test(questions, {one.key: one.right for one in questions}) == 100
    assert mark_test(questions, {}) == 0


@pytest.mark.parametrize(
    ("attended", "score", "has_test", "completed"),
    [
        ("6.4", None, False, True),
        ("6.3", None, False, False),
        ("8.0", None, True, False),
        ("6.4", "60.0", True, True),
        ("6.4", "59.9", True, False),
        ("6.3", "100.0", True, False),
    ],
)
def test_completed(attended, score, has_test, completed):
    terms = Terms(Decimal("0.80"), Decimal(60), has_test)

    assert has_completed(Decimal("8.0"), Decimal(attended), score and Decimal(score), terms) == completed
