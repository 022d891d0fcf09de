"""Conditions of admission to the pool: each judged on one fact, with its source and day. No database, no clock."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from finance.enums import RuleEffect, RuleOutcome


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known: its value, the value in words, who says so and as of which day."""

    value: str
    words: str
    source: str
    as_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a version. `max_age_days`: an older fact is as good as none."""

    code: str
    text: str
    fact: str
    test: str  # in, at_most, at_least
    value: Any
    effect: str
    max_age_days: int | None = None


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """What one condition came to, and on which fact."""

    code: str
    text: str
    outcome: RuleOutcome
    effect: str
    fact: str
    source: str
    as_of: str


def read_conditions(parameters: Mapping[str, Any]) -> list[Condition]:
    """The conditions of a version, in its order. Raises KeyError, TypeError or ValueError for a malformed one."""
    found = []
    for row in parameters["rules"]:
        condition = Condition(**row)
        RuleEffect(condition.effect)
        if condition.test not in _TESTS:
            raise ValueError(f"unknown test {condition.test}")
        found.append(condition)
    return found


def judge(conditions: Sequence[Condition], facts: Mapping[str, Fact], *, today: dt.date) -> list[RuleFinding]:
    """Every condition on what is known. Unknown, unreadable or too old: never passed, and refuses nobody by itself."""
    return [_judge(condition, facts.get(condition.fact), today) for condition in conditions]


def refusing(findings: Sequence[RuleFinding]) -> list[RuleFinding]:
    """The findings that forbid admission."""
    return [one for one in findings if one.outcome == RuleOutcome.FAILED and one.effect == RuleEffect.REFUSE]


def _judge(condition: Condition, fact: Fact | None, today: dt.date) -> RuleFinding:
    if fact is None:
        return _finding(condition, RuleOutcome.UNKNOWN, "没有数据", "", None)
    age = (today - fact.as_of).days if fact.as_of else 0
    if condition.max_age_days is not None and age > condition.max_age_days:
        words = f"{fact.words}（{age} 天前的数据，超过 {condition.max_age_days} 天）"
        return _finding(condition, RuleOutcome.UNKNOWN, words, fact.source, fact.as_of)
    holds = _TESTS[condition.test](fact.value, condition.value)
    outcome = RuleOutcome.UNKNOWN if holds is None else RuleOutcome.PASSED if holds else RuleOutcome.FAILED
    return _finding(condition, outcome, fact.words, fact.source, fact.as_of)


def _finding(condition: Condition, outcome: RuleOutcome, words: str, source: str, as_of: dt.date | None) -> RuleFinding:
    day = str(as_of) if as_of else ""
    return RuleFinding(condition.code, condition.text, outcome, condition.effect, words, source, day)


def _is_in(value: str, wanted: Any) -> bool | None:
    return value in wanted


def _at_most(value: str, limit: Any) -> bool | None:
    number = _number(value)
    return None if number is None else number <= Decimal(str(limit))


def _at_least(value: str, limit: Any) -> bool | None:
    number = _number(value)
    return None if number is None else number >= Decimal(str(limit))


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


_TESTS = {"in": _is_in, "at_most": _at_most, "at_least": _at_least}
