"""A worker that dies between the call and its record. Apart, because no other worker may run meanwhile."""

import pytest

from portal.outbox.models import Attempt
from tests.finance.pushing import one_effect, placement_state, state, time_passes
from tests.processes import Worker, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_push_survives_a_killed_worker(start_bank, push, tmp_path):
    bank = start_bank("--fault=timeout:1")
    first = Worker(tmp_path / "first")
    delivery = push()
    # The bank has the push in its books; the portal waits for a word that never comes.
    wait_until(lambda: bank.ledger()["pushes"])
    assert state(delivery) == "sending"
    first.kill()
    assert Attempt.objects.count() == 0

    second = Worker(tmp_path / "second")
    try:
        time_passes(delivery)
        wait_until(lambda: state(delivery) == "delivered" and placement_state() == "lent")
    finally:
        second.kill()

    assert [push["times"] for push in bank.ledger()["pushes"]] == [2]
    assert len(bank.ledger()["projects"]) == 1
    assert one_effect()
