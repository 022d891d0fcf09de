"""What must hold when two act at once. Each runs in a thread with a connection of its own."""

from decimal import Decimal

import pytest

from subsidies import services
from subsidies.models import Budget, BudgetEntry, Claim, PaymentLine
from subsidies.services import payments
from tests.concurrency import at_once
from tests.factories.accounts import finance_user
from tests.factories.policy import load_shipped
from tests.factories.subsidies import ACCOUNT, budget, firm_of, firm_user, found_claim, passed_claim, payable_claim

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shipped_again():
    load_shipped()


def test_two_officers_at_the_last_of_a_budget_are_never_over_it():
    money = budget("100000.00")
    claims = [passed_claim(), passed_claim()]
    officers = [finance_user(), finance_user()]

    results = at_once(
        *[
            lambda claim=claim, by=by: services.approve_claim(claim_id=claim.pk, by=by, no_conflict=True)
            for claim, by in zip(claims, officers, strict=True)
        ]
    )

    assert sorted(results) == ["", "budget_exhausted"]
    money.refresh_from_db()
    assert (money.reserved_amount, money.left_amount) == (Decimal("62962.50"), Decimal("37037.50"))
    assert BudgetEntry.objects.count() == 1


def test_one_claim_approved_twice_at_once_is_held_once():
    budget()
    claim = passed_claim()
    officers = [finance_user(), finance_user()]

    results = at_once(
        *[lambda by=by: services.approve_claim(claim_id=claim.pk, by=by, no_conflict=True) for by in officers]
    )

    assert sorted(results) == ["", "wrong_state"]
    assert Budget.objects.get().reserved_amount == Decimal("62962.50")


def test_two_workers_at_one_batch_and_two_batches_at_once_make_each_line_once():
    claims = [payable_claim(), payable_claim()]
    by = finance_user()
    batches = [services.create_batch(by=by, year=2025, kind="interest_subsidy") for _ in range(2)]

    results = at_once(*[lambda batch=batch: payments.fill_batch(batch_id=batch.pk) for batch in (*batches, batches[0])])

    assert results == ["", "", ""]
    assert sorted(PaymentLine.objects.values_list("claim", flat=True)) == [claim.pk for claim in claims]


def test_two_loans_of_one_firm_confirmed_at_once_share_the_cap():
    user = firm_of()
    loans = [found_claim(user, bank_ref=f"HT-{n}", principal=Decimal("2999999.00")) for n in range(2)]
    Claim.objects.filter(pk=loans[0].pk).update(amount=None)

    results = at_once(
        *[
            lambda claim=claim: services.confirm_claim(
                claim_id=claim.pk, by=firm_user(claim), account=ACCOUNT, consent=True
            )
            for claim in loans
        ]
    )

    assert results == ["", ""]
    assert sum(Claim.objects.values_list("amount", flat=True)) <= Decimal("500000.00")
    assert set(Claim.objects.values_list("state", flat=True)) == {"submitted"}
