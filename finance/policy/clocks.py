"""When an institution must have answered, and when it is chased. No database, no clock."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from portal.working_days import add_working_days, working_days_between


@dataclass(frozen=True, slots=True)
class AnswerClock:
    """Working days after the push: to the answer, and to each level of chasing in rising order."""

    working_days: int
    chase_days: Sequence[int]

    def due_on(self, pushed_on: dt.date) -> dt.date:
        """The last day for an answer. Raises CalendarUnknown beyond the loaded years."""
        return add_working_days(pushed_on, self.working_days)

    def level(self, pushed_on: dt.date, today: dt.date) -> int:
        """The level of chasing that is reached when `today` ends: 0 within the time, then 1, 2, 3."""
        gone = working_days_between(pushed_on, today)
        return sum(gone > days for days in self.chase_days)
