"""Terms of protection, and the status that the dates alone make. No database, no clock."""

import datetime as dt
from dataclasses import dataclass

from patents.enums import IN_FORCE, LegalStatus, PatentKind
from portal.dates import add_months

TERM_YEARS = {PatentKind.INVENTION: 20, PatentKind.UTILITY_MODEL: 10, PatentKind.DESIGN: 15}
DESIGN_TERM_BEFORE = 10
DESIGN_15_YEARS_FROM = dt.date(2021, 6, 1)
GRACE_MONTHS = 6
"""Article 115 of the implementing rules, confidence 0.98: law, not a parameter."""


@dataclass(frozen=True, slots=True)
class TermFacts:
    """What term, fees and status are computed from."""

    kind: str
    status: str  # as last stated by gazette, sheet or holder
    filed_on: dt.date | None
    granted_on: dt.date | None
    fees_paid_through: int | None  # the last patent year paid; None: nobody said


def term_years(kind: str, filed_on: dt.date) -> int:
    """Years of protection (patent law art. 42): a design filed before 2021-06-01 has 10, since then 15."""
    if kind == PatentKind.DESIGN and filed_on < DESIGN_15_YEARS_FROM:
        return DESIGN_TERM_BEFORE
    return TERM_YEARS[PatentKind(kind)]


def last_day_of_protection(kind: str, filed_on: dt.date) -> dt.date:
    """The day before the anniversary on which the term ends (patent law art. 42), counted from filing.

    Not moved for holidays (RULES section 1, confidence 0.8). Term compensation is not counted: it is granted case
    by case and not in the pool.
    """
    return add_months(filed_on, 12 * term_years(kind, filed_on)) - dt.timedelta(days=1)


def fee_due_on(filed_on: dt.date, year: int) -> dt.date:
    """The last day to pay the annual fee of patent year `year`: the filing day's anniversary that begins it.

    Article 115 says before the year before ends; the office's examination guidelines name the anniversary (GK 0.9).
    Not moved for holidays.
    """
    return add_months(filed_on, 12 * (year - 1))


def grace_ends_on(filed_on: dt.date, year: int) -> dt.date:
    """The last day of the six months in which a late fee is still taken, with its surcharge."""
    return add_months(fee_due_on(filed_on, year), GRACE_MONTHS)


def next_unpaid_year(facts: TermFacts) -> int | None:
    """The patent year whose fee is the next to pay; None when unknown or when the term has no further year."""
    if facts.filed_on is None or facts.fees_paid_through is None:
        return None
    following = facts.fees_paid_through + 1
    return following if following <= term_years(facts.kind, facts.filed_on) else None


def status_on(facts: TermFacts, day: dt.date) -> LegalStatus:
    """The stated status, moved on by the dates.

    A right in force expires with its term, and is in grace while a fee known to be unpaid is overdue.
    Lapse for an unpaid fee is not computed: it needs the office's CF01. After the months of grace the right stays
    in grace until that comes.
    """
    stated = LegalStatus(facts.status)
    if stated not in IN_FORCE or facts.filed_on is None:
        return stated
    if day > last_day_of_protection(facts.kind, facts.filed_on):
        return LegalStatus.EXPIRED
    if facts.fees_paid_through is None:
        return stated
    year = next_unpaid_year(facts)
    is_overdue = year is not None and day > fee_due_on(facts.filed_on, year)
    return LegalStatus.VALID_FEE_GRACE if is_overdue else LegalStatus.VALID
