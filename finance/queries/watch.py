"""What is left of pledged patents: days of protection, the fee that is due next and the days of grace."""

import datetime as dt
from dataclasses import dataclass

from patents.models import Patent
from patents.policy.terms import fee_due_on, grace_ends_on, last_day_of_protection, next_unpaid_year
from patents.queries.legal import term_facts
from portal import clock


@dataclass(frozen=True, slots=True)
class Life:
    """One patent's days. None: not known, because filing day or paid fees are not."""

    protected_until: dt.date | None
    days_left: int | None
    fee_due_on: dt.date | None
    fee_days: int | None  # below zero: overdue by so many days
    lapses_on: dt.date | None  # the last day on which a late fee is still taken

    @property
    def days_to_lapse(self) -> int | None:
        """Days until the right ends for an unpaid fee, or with its term, whichever is sooner."""
        if self.protected_until is None:
            return None
        ends = min(self.protected_until, self.lapses_on) if self.lapses_on else self.protected_until
        return (ends - clock.today()).days

    @property
    def words(self) -> str:
        """For people."""
        if self.protected_until is None:
            return "平台无申请日，剩余天数不明"
        told = f"保护期至 {self.protected_until}，剩余 {self.days_left} 天"
        if self.fee_due_on is None:
            return f"{told}；年费缴纳情况不明"
        if self.fee_days is not None and self.fee_days < 0:
            return (
                f"{told}；年费已逾期 {-self.fee_days} 天，{self.lapses_on} 前未补缴将终止，剩余 {self.days_to_lapse} 天"
            )
        return f"{told}；下次年费应于 {self.fee_due_on} 前缴纳，还有 {self.fee_days} 天"


def life_of(patent: Patent) -> Life:
    """What is left of a patent as of today. No query."""
    if patent.filed_on is None:
        return Life(None, None, None, None, None)
    today, until = clock.today(), last_day_of_protection(patent.kind, patent.filed_on)
    year = next_unpaid_year(term_facts(patent))
    due = fee_due_on(patent.filed_on, year) if year is not None else None
    return Life(
        until,
        (until - today).days,
        due,
        (due - today).days if due else None,
        grace_ends_on(patent.filed_on, year) if year is not None else None,
    )
