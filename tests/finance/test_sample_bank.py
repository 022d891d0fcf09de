"""The push and its answers with every part real: PostgreSQL, Valkey, a Celery worker, the web server, a bank."""

import pytest

from portal.outbox import services as outbox
from portal.outbox.models import Attempt, Delivery
from tests.factories.accounts import province_user
from tests.finance.pushing import one_effect, placement_state, state, time_passes
from tests.processes import Worker, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def shared_worker(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock():
        found = Worker(tmp_path_factory.mktemp("worker"))
    yield found
    found.kill()


@pytest.fixture
def worker(shared_worker):
    """At work during the test only: with the emptying of the tables after it, it could wait for ever."""
    shared_worker.resume()
    yield shared_worker
    shared_worker.pause()


def test_a_project_is_pushed_accepted_lent_and_repaid(worker, start_bank, push):
    bank = start_bank()
    delivery = push()
    wait_until(lambda: placement_state() == "lent")
    assert one_effect()
    wait_until(lambda: bank.ledger()["projects"][0]["step"] == "lent")

    bank.control(repay=delivery.key)

    wait_until(lambda: placement_state() == "repaid")
    wait_until(lambda: len(bank.answers()) == 3)
    assert bank.answers() == [("accept", 201), ("lend", 201), ("repay", 201)]
    assert state(delivery) == "delivered"


def test_a_bank_that_is_down_for_an_hour_gets_its_push(worker, start_bank, push):
    delivery = push()
    for attempt in range(1, 4):
        wait_until(lambda: Attempt.objects.filter(delivery=delivery).count() == attempt)  # noqa: B023
        time_passes(delivery)
    assert Delivery.objects.get().last_error == "无法连接对方（ConnectError）"

    bank = start_bank()
    time_passes(delivery)

    wait_until(lambda: placement_state() == "lent")
    assert [push["times"] for push in bank.ledger()["pushes"]] == [1]
    assert one_effect()


def test_a_push_sent_twice_has_one_effect(worker, start_bank, push):
    bank = start_bank()
    delivery = push()
    wait_until(lambda: placement_state() == "lent")

    outbox.resend_delivery(delivery_id=delivery.pk, by=province_user())

    wait_until(lambda: [push["times"] for push in bank.ledger()["pushes"]] == [2])
    wait_until(lambda: state(delivery) == "delivered")
    assert len(bank.ledger()["projects"]) == 1
    assert one_effect()


def test_a_bank_that_fails_for_a_while_gets_its_push(worker, start_bank, push):
    bank = start_bank("--fault=error500:2", "--fault=down:1")
    delivery = push()
    for attempt in range(1, 4):
        wait_until(lambda: Attempt.objects.filter(delivery=delivery).count() == attempt)  # noqa: B023
        time_passes(delivery)

    wait_until(lambda: placement_state() == "lent")
    codes = [attempt.status_code for attempt in Attempt.objects.filter(delivery=delivery).order_by("pk")]
    assert codes == [None, 500, 500, 204]
    assert len(bank.ledger()["pushes"]) == 1
    assert one_effect()


def test_a_bank_that_answers_twice_has_one_answer(worker, start_bank, push):
    bank = start_bank("--fault=duplicate_same_key", "--fault=duplicate_new_key")
    push()

    wait_until(lambda: len(bank.answers()) == 6)

    assert bank.answers() == [("accept", 201)] * 3 + [("lend", 201)] * 3
    assert one_effect()


def test_a_bank_that_names_a_wrong_project_changes_nothing(worker, start_bank, push):
    bank = start_bank("--fault=wrong_project:1")
    push()

    wait_until(lambda: len(bank.answers()) == 3)

    wrong, *_ = bank.ledger()["answers"]
    assert (wrong["status"], wrong["code"]) == (404, "not_found")
    assert one_effect()


def test_a_push_that_the_bank_cannot_verify_is_shown_and_can_be_sent_again(worker, start_bank, push):
    bank = start_bank("--fault=wrong_key:1")
    delivery = push()
    wait_until(lambda: state(delivery) == "dead")
    assert Delivery.objects.get().last_error == "对方返回 HTTP 401"
    assert [refusal["reason"] for refusal in bank.ledger()["refusals"]] == ["No matching signature found"]
    assert bank.ledger()["projects"] == []

    outbox.resend_delivery(delivery_id=delivery.pk, by=province_user())

    wait_until(lambda: placement_state() == "lent")
    assert one_effect()
