"""The push and its answers with every part real: PostgreSQL, Valkey, a Celery worker, the web server, a bank."""

import pytest

from finance.models import Answer, Loan, Placement
from portal import clock
from portal.api.services import issue_credentials
from portal.outbox import services as outbox
from portal.outbox.models import Attempt, Delivery
from tests.factories.accounts import bank_user, province_user
from tests.factories.finance import admitted_project
from tests.factories.outbox import endpoint
from tests.processes import Bank, Worker, free_port, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def worker_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("worker")


@pytest.fixture(scope="module")
def worker(django_db_setup, django_db_blocker, worker_folder):
    with django_db_blocker.unblock():
        found = Worker(worker_folder)
    yield found
    found.kill()


@pytest.fixture
def credentials(live_server):
    """What the province gives a bank; `bank` is its machine user."""
    bank, port = bank_user(), free_port()
    issued = issue_credentials(organisation=bank.organisation, by=province_user())
    _, secret = endpoint(f"http://127.0.0.1:{port}/webhooks", organisation=bank.organisation)
    return {
        "client_id": issued.client_id,
        "client_secret": issued.client_secret,
        "webhook_secret": secret,
        "portal_url": live_server.url,
        "port": port,
        "bank": bank,
    }


@pytest.fixture
def start_bank(credentials, tmp_path):
    running = []
    written = {name: value for name, value in credentials.items() if name != "bank"}

    def start(*options):
        running.append(Bank(tmp_path / "bank", written, *options))
        return running[-1]

    yield start
    for bank in running:
        bank.kill()


@pytest.fixture
def push(credentials):
    """Admit a project, so that it is pushed to the bank; returns the delivery."""

    def admit():
        project = admitted_project(banks=[credentials["bank"]])
        return Delivery.objects.get(key=project.ref, endpoint__isnull=False)

    return admit


def state(delivery):
    return Delivery.objects.get(pk=delivery.pk).state


def placement_state():
    return Placement.objects.get().state


def time_passes(delivery):
    """What is due later is due now."""
    Delivery.objects.filter(pk=delivery.pk).update(next_try_at=clock.now())


def one_effect():
    """One project with one bank: each answer recorded once, one loan."""
    kinds = list(Answer.objects.order_by("pk").values_list("kind", flat=True))
    return (kinds, Loan.objects.count()) == (["accept", "lend"], 1)


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


def test_a_push_survives_a_killed_worker(start_bank, push, worker_folder):
    bank = start_bank("--fault=timeout:1")
    first = Worker(worker_folder / "first")
    delivery = push()
    # The bank has the push in its books; the portal waits for a word that never comes.
    wait_until(lambda: bank.ledger()["pushes"])
    assert state(delivery) == "sending"
    first.kill()
    assert Attempt.objects.count() == 0

    second = Worker(worker_folder / "second")
    try:
        assert state(delivery) == "sending"
        time_passes(delivery)
        wait_until(lambda: state(delivery) == "delivered" and placement_state() == "lent")
    finally:
        second.kill()

    assert [push["times"] for push in bank.ledger()["pushes"]] == [2]
    assert len(bank.ledger()["projects"]) == 1
    assert one_effect()


def test_a_bank_that_is_down_for_an_hour_gets_its_push(worker, start_bank, push):
    delivery = push()
    for attempt in range(1, 4):
        wait_until(lambda: Attempt.objects.count() == attempt)  # noqa: B023
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
        wait_until(lambda: Attempt.objects.count() == attempt)  # noqa: B023
        time_passes(delivery)

    wait_until(lambda: placement_state() == "lent")
    codes = [attempt.status_code for attempt in Attempt.objects.order_by("pk")]
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
