"""A worker that is really killed while it gathers a payment batch."""

import pytest

from subsidies import services, tasks
from subsidies.models import Claim, PaymentBatch, PaymentLine
from subsidies.services import payments
from tests.factories.accounts import finance_user
from tests.factories.subsidies import payable_claim
from tests.processes import kill_while_writing, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("shipped"),
]


def test_no_claim_has_two_lines_after_the_worker_died(monkeypatch, tmp_path):
    claims = [payable_claim() for _ in range(3)]
    batch = services.create_batch(by=finance_user(), year=2025, kind="interest_subsidy")
    with monkeypatch.context() as patch:
        patch.setattr(payments, "CHUNK", 1)
        payments._fill_chunk(batch.pk)
    # It holds the other claims by then.
    kill_while_writing("subsidies_paymentline", tasks.gather_batches.delay, tmp_path / "worker")
    wait_until(lambda: Claim.objects.filter(state="payable").count() == 2)

    tasks.gather_batches()

    assert sorted(PaymentLine.objects.values_list("claim", flat=True)) == [claim.pk for claim in claims]
    assert set(Claim.objects.values_list("state", flat=True)) == {"paying"}
    assert PaymentBatch.objects.get().state == "ready"
