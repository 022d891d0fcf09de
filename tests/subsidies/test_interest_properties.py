"""What must hold for every loan, tried on made-up ones."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subsidies.policy import compute
from tests.factories.subsidies import interest_facts

START = dt.date(2024, 6, 20)
CAP = Decimal(500_000)
fen = st.integers(min_value=0, max_value=10_000_000_00).map(lambda amount: Decimal(amount) / 100)
shares = st.integers(min_value=0, max_value=10_000).map(lambda share: str(Decimal(share) / 10_000))
lengths = st.lists(st.integers(min_value=0, max_value=400), min_size=1, max_size=6)
few = settings(max_examples=150, deadline=None)


def stretches(days, principals):
    """Stretches without a gap from START on."""
    rows, first = [], START
    for length, principal in zip(days, principals, strict=False):
        last = first + dt.timedelta(days=length)
        rows.append((str(first), str(last), str(principal)))
        first = last
    return rows


@pytest.fixture(scope="module")
def amount(versions, rates):
    def run(balances, share="1", paid="99999999999.99", granted="0.00", rule="QD-2024"):
        loan = {"principal": "10000000.00", "pledge_share": share, "interest_paid": str(paid)}
        facts = interest_facts(loan=loan, balances=balances, granted_this_year=str(granted))
        return compute(versions[rule], facts, rates).amount

    return run


@few
@given(days=lengths, principal=fen, share=shares, paid=fen, granted=fen)
def test_never_negative_never_above_the_cap_left_or_the_interest_paid(amount, days, principal, share, paid, granted):
    result = amount(stretches(days, [principal] * len(days)), share, paid, granted)

    assert Decimal(0) <= result <= min(paid, max(CAP - granted, Decimal(0)))


@few
@given(days=lengths, principal=fen, share=shares, more=st.integers(min_value=0, max_value=60))
def test_more_days_never_give_less(amount, days, principal, share, more):
    longer = [*days[:-1], days[-1] + more]

    assert amount(stretches(longer, [principal] * len(days)), share) >= amount(
        stretches(days, [principal] * len(days)), share
    )


@few
@given(days=lengths, low=fen, high=fen, share=shares)
def test_more_principal_never_gives_less(amount, days, low, high, share):
    low, high = sorted((low, high))

    assert amount(stretches(days, [high] * len(days)), share) >= amount(stretches(days, [low] * len(days)), share)


@few
@given(days=lengths, principal=fen, share=shares)
def test_splitting_a_period_changes_nothing(amount, days, principal, share):
    """Rounding comes once, at the end: not even a fen may move."""
    whole = stretches([sum(days)], [principal])

    assert amount(stretches(days, [principal] * len(days)), share) == amount(whole, share)
