"""Reads of loans: the ledger, balances and interest of any day."""

import datetime as dt
from decimal import Decimal

from finance.models import Loan, LoanEntry
from finance.policy import ledger
from portal import clock


def entries_of(loan: Loan) -> list[ledger.Entry]:
    """The loan's ledger as arithmetic reads it. One query, none when the entries are prefetched."""
    return [as_entry(row) for row in loan.entries.all()]


def as_entry(row: LoanEntry) -> ledger.Entry:
    """One row of the ledger as arithmetic reads it."""
    return ledger.Entry(
        id=row.pk,
        kind=row.kind,
        on=row.on,
        principal=row.principal,
        interest=row.interest,
        rate=row.annual_rate,
        reverses=row.reverses_id,
        due_on=row.due_on,
    )


def balance_on(loan: Loan, day: dt.date) -> Decimal:
    """Yuan of principal owed at the end of `day`."""
    return ledger.balance_at(entries_of(loan), day)


def stretches_of(loan: Loan, *, until: dt.date | None = None) -> list[ledger.Stretch]:
    """The loan's days before `until` (default: its end, or today) by principal, rate and standing."""
    end = until or loan.repaid_on or clock.today()
    return ledger.stretches(entries_of(loan), until=end, due_on=loan.first_due_on)


def accrual_of(loan: Loan, first: dt.date, end: dt.date) -> ledger.Accrual:
    """Interest of a period at the contract's rate as the ledger stands, days in default apart."""
    return ledger.accrual(stretches_of(loan, until=end), first, end)


def default_days_of(loan: Loan, *, until: dt.date | None = None) -> int:
    """Days in default so far."""
    return sum(stretch.days for stretch in stretches_of(loan, until=until) if stretch.in_default)
