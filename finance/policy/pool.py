"""How long a project stays in the pool. No database, no clock."""

import datetime as dt
from dataclasses import dataclass

from portal.dates import add_months


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """Months in the pool, days before its end in which it may be prolonged, days before a loan's end to renew it."""

    valid_months: int
    remind_days: int
    loan_renewal_days: int

    def expires_on(self, day: dt.date) -> dt.date:
        """The last day in the pool of a project admitted, or prolonged, as of `day`."""
        return add_months(day, self.valid_months)

    def is_near(self, expires_on: dt.date, today: dt.date) -> bool:
        """Whether the end is so near that the firm is told and may prolong."""
        return today >= expires_on - dt.timedelta(days=self.remind_days)

    def may_renew_loan(self, due_on: dt.date, today: dt.date) -> bool:
        """Whether a loan due on that day may be followed by another."""
        return today >= due_on - dt.timedelta(days=self.loan_renewal_days)
