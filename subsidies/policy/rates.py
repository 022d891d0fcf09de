"""Which reference rate a contract is measured by."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """One value of a series, and the last day for which it is known to be the newest."""

    published_on: dt.date
    known_until: dt.date
    rate: Decimal


RateBook = Mapping[str, Sequence[PublishedRate]]


def month_before(contract_date: dt.date) -> dt.date:
    """The last day of the month before the contract's month."""
    return contract_date.replace(day=1) - dt.timedelta(days=1)


# The day as of which each lookup rule wants the last published value.
LOOKUPS: Mapping[str, Callable[[dt.date], dt.date]] = {
    "month_before_contract": month_before,
    "contract_date": lambda contract_date: contract_date,
}


def rate_on(series: Sequence[PublishedRate], day: dt.date) -> PublishedRate | None:
    """The last value published on or before `day`; None when the series is not loaded for that day."""
    published = [rate for rate in series if rate.published_on <= day]
    newest = max(published, key=lambda rate: rate.published_on, default=None)
    return newest if newest and day <= newest.known_until else None
