import threading

import pytest
from django.db import connection, transaction

from finance.api.views import answers
from finance.models import Answer
from portal.api import idempotency
from portal.api.models import IdempotentRequest
from portal.errors import WrongState
from tests.factories.accounts import bank_user
from tests.factories.api import BankClient
from tests.factories.finance import admitted_project

pytestmark = pytest.mark.django_db
KEY = "one-decision-1"


def test_a_repetition_gets_the_first_answer(bank_client, project):
    first = bank_client.answer(project.ref, KEY, kind="accept")
    second = bank_client.answer(project.ref, KEY, kind="accept")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert not first.has_header("Idempotent-Replayed")
    assert second["Idempotent-Replayed"] == "true"
    assert Answer.objects.count() == 1


def test_a_repetition_of_a_refusal_is_a_problem_again(bank_client, project):
    first = bank_client.answer(project.ref, KEY, kind="accept", extra=1)
    second = bank_client.answer(project.ref, KEY, kind="accept", extra=1)

    assert first.json() == second.json()
    assert (second.status_code, second["Content-Type"]) == (400, "application/problem+json")
    assert second["Idempotent-Replayed"] == "true"


def test_the_key_of_another_request_is_refused(bank_client, project):
    bank_client.answer(project.ref, KEY, kind="accept")

    response = bank_client.answer(project.ref, KEY, kind="refuse", reason="额度不足")

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("key", ["", "short", "k" * 81, "has a space in it"])
def test_a_post_without_a_proper_key_is_refused(bank_client, project, key):
    response = bank_client.post(
        f"/api/v1/projects/{project.ref}/answers/", {"kind": "accept"}, format="json", headers={"Idempotency-Key": key}
    )

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Answer.objects.exists()


def test_keys_of_two_banks_do_not_meet(bank_client, project):
    other = BankClient(bank_user())
    bank_client.answer(project.ref, KEY, kind="accept")

    assert other.answer(project.ref, KEY, kind="accept").status_code == 404


@pytest.mark.parametrize(
    ("error", "status"), [(WrongState("不能变更。"), 409), (ZeroDivisionError(), 500)], ids=["409", "500"]
)
def test_answers_that_another_try_may_change_are_not_kept(bank_client, project, monkeypatch, error, status):
    def refuse(**_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(answers, "record_answer", refuse)
        assert bank_client.answer(project.ref, KEY, kind="accept").status_code == status
    assert not IdempotentRequest.objects.exists()

    assert bank_client.answer(project.ref, KEY, kind="accept").status_code == 201


def test_a_failure_after_the_effect_undoes_the_effect(bank_client, project, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(idempotency, "_keep", fail)

    assert bank_client.answer(project.ref, KEY, kind="accept").status_code == 500
    assert not Answer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_the_first_runs_a_repetition_is_asked_to_wait():
    client = BankClient(bank_user())
    project = admitted_project(banks=[client.bank])
    locked, found = threading.Event(), []

    def hold():
        with transaction.atomic():
            assert idempotency._lock(client.bank.pk, KEY)
            locked.set()
            finished.wait(10)
        connection.close()

    finished = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(10)
    found.append(client.answer(project.ref, KEY, kind="accept"))
    finished.set()
    holder.join()
    found.append(client.answer(project.ref, KEY, kind="accept"))

    assert [response.status_code for response in found] == [409, 201]
    assert (found[0].json()["code"], found[0]["Retry-After"]) == ("in_progress", "1")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_act_once():
    bank = bank_user()
    client = BankClient(bank)
    project = admitted_project(banks=[bank])
    start, statuses = threading.Barrier(6), []

    def send():
        start.wait()
        statuses.append(client.answer(project.ref, KEY, kind="accept").status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert Answer.objects.count() == 1
