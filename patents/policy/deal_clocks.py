"""Which days a deal waits for, and for whom. No database, no clock.

Days are the portal's own parameters but for the record of a licence; the pages say which are not confirmed.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from patents.enums.deals import RUNNING_STATES, DealClock, DealState
from portal.dates import add_months
from portal.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class ChaseRule:
    """Days after which somebody is reminded; months in which a transfer or investment should be registered."""

    quiet_days: int
    publicity_days: int
    record_notice_days: int
    record_months: int
    money_days: int

    @staticmethod
    def read(parameters: Mapping[str, Any]) -> "ChaseRule":
        """Read a version's parameters. Raises Invalid naming what is wrong."""
        facts = Facts(parameters)
        return ChaseRule(*[facts.whole(name) for name in ChaseRule.__slots__])


@dataclass(frozen=True, slots=True)
class Planned:
    """Money due, in yuan."""

    due_on: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What the clocks of one deal are read from; `received` is what came in of the contract's fixed value, in yuan."""

    state: str
    last_word_on: dt.date
    publicity_ends_on: dt.date | None = None
    signed_on: dt.date | None = None
    record_by: dt.date | None = None
    plan: Sequence[Planned] = ()
    received: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Clock:
    """One day that is waited for; `remind_from` is the first day on which a reminder goes out."""

    kind: DealClock
    due_on: dt.date
    remind_from: dt.date
    amount: Decimal | None = None


def clocks(facts: ClockFacts, rule: ChaseRule) -> list[Clock]:
    """The clocks that run, over or not, the most pressing kind first."""
    return [*_talks(facts, rule), *_record(facts, rule), *_money(facts, rule)]


def _talks(facts: ClockFacts, rule: ChaseRule) -> Iterator[Clock]:
    if facts.state != DealState.TALKS:
        return
    if facts.publicity_ends_on:
        due = facts.publicity_ends_on + dt.timedelta(days=rule.publicity_days)
        yield Clock(DealClock.PUBLICITY, due, due + dt.timedelta(days=1))
    else:
        due = facts.last_word_on + dt.timedelta(days=rule.quiet_days)
        yield Clock(DealClock.QUIET, due, due + dt.timedelta(days=1))


def _record(facts: ClockFacts, rule: ChaseRule) -> Iterator[Clock]:
    if facts.state != DealState.CONTRACT or facts.signed_on is None:
        return
    due = facts.record_by or add_months(facts.signed_on, rule.record_months)
    yield Clock(DealClock.RECORD, due, due + dt.timedelta(days=1))
    yield Clock(DealClock.RECORD_SOON, due, due - dt.timedelta(days=rule.record_notice_days))


def _money(facts: ClockFacts, rule: ChaseRule) -> Iterator[Clock]:
    """The first part of the plan that what came in does not cover."""
    if facts.state not in RUNNING_STATES:
        return
    planned = Decimal(0)
    for line in sorted(facts.plan, key=lambda line: line.due_on):
        planned += line.amount
        if planned > facts.received:
            first_day = line.due_on + dt.timedelta(days=rule.money_days + 1)
            missing = min(planned - facts.received, line.amount)
            yield Clock(DealClock.MONEY, line.due_on, first_day, missing)
            return
