"""What no bank should send: clocks an hour off, pushes replayed, bodies of ten megabytes, amounts as floats."""

import base64
import datetime as dt

import pytest
from django.test import Client
from standardwebhooks import Webhook, WebhookVerificationError

from finance.models import Answer, Loan
from portal import clock
from portal.outbox.http import message, signature_headers
from portal.outbox.models import Delivery
from tests.factories.accounts import bank_user
from tests.factories.api import BankClient
from tests.factories.finance import LOAN_FACTS, admitted_project, answer
from tests.factories.outbox import endpoint

pytestmark = pytest.mark.django_db
MEGABYTES_10 = 10 * 1024 * 1024


@pytest.fixture
def pushed():
    """A push as it goes over the wire, and the key to verify it with."""
    bank = bank_user()
    target, secret = endpoint(organisation=bank.organisation)
    admitted_project(banks=[bank])
    delivery = Delivery.objects.get(endpoint=target)
    body = message(delivery)
    return body, lambda: signature_headers(target, webhook_id=delivery.event.ref, body=body), secret


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_push_signed_by_a_clock_an_hour_off_is_not_believed(pushed, monkeypatch, hours):
    body, sign, secret = pushed
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + dt.timedelta(hours=hours))

    with pytest.raises(WebhookVerificationError, match="timestamp"):
        Webhook(secret).verify(body, sign())


def test_a_push_replayed_after_an_hour_or_under_another_number_is_not_believed(pushed, monkeypatch):
    body, sign, secret = pushed
    headers = sign()
    Webhook(secret).verify(body, headers)

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers | {"webhook-id": "evt_other"})
    later = str(int(headers["webhook-timestamp"]) + 3600)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers | {"webhook-timestamp": later})
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("RZ", "XX"), headers)


def test_the_same_push_again_verifies_and_is_known_by_its_number(pushed):
    body, sign, secret = pushed
    first, again = sign(), sign()

    assert Webhook(secret).verify(body, first) == Webhook(secret).verify(body, again)
    assert first["webhook-id"] == again["webhook-id"]


def test_a_bank_whose_clock_is_an_hour_ahead_cannot_lend_tomorrow():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")
    tomorrow = str(clock.today() + dt.timedelta(days=1))
    facts = {name: str(value) for name, value in LOAN_FACTS.items()} | {"is_first_pledge": True}

    response = BankClient(bank).answer(
        project.ref, kind="lend", **facts | {"contract_date": tomorrow, "drawn_on": tomorrow, "due_on": "2099-01-01"}
    )

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "contract_date")
    assert not Loan.objects.exists()


@pytest.mark.parametrize("path", ["answers/", "entries/"])
@pytest.mark.parametrize("says_its_length", [True, False])
def test_a_body_of_ten_megabytes_is_refused_unread(path, says_its_length):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    body = b'{"kind": "refuse", "reason": "' + b"x" * MEGABYTES_10 + b'"}'
    more = {} if says_its_length else {"CONTENT_LENGTH": ""}

    response = BankClient(bank).generic(
        "POST", f"/api/v1/projects/{project.ref}/{path}", body, content_type="application/json",
        headers={"Idempotency-Key": "ten-megabytes"}, **more,
    )  # fmt: skip

    assert response.status_code in (400, 413)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("path", ["statements/", "batch/"])
def test_lists_of_ten_megabytes_are_refused(path):
    bank = bank_user()

    response = BankClient(bank).generic(
        "POST", f"/api/v1/{path}", b" " * MEGABYTES_10, content_type="application/json",
        headers={"Idempotency-Key": "ten-megabytes"},
    )  # fmt: skip

    assert (response.status_code, response.json()["code"]) == (413, "payload_too_large")


def test_a_token_request_of_ten_megabytes_is_refused():
    pair = base64.b64encode(b"a:b").decode()

    response = Client().post(
        "/api/v1/oauth/token", b"grant_type=client_credentials&x=" + b"x" * MEGABYTES_10,
        content_type="application/x-www-form-urlencoded", headers={"Authorization": f"Basic {pair}"},
    )  # fmt: skip

    assert response.status_code in (400, 413)


@pytest.mark.parametrize("amount", [1.5, 100.0, "1.005", "1e3x", "NaN", True])
def test_an_amount_as_float_or_with_three_decimals_is_refused(amount):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")

    response = BankClient(bank).answer(
        project.ref, kind="approve", amount=amount, annual_rate="0.04", lpr_base="0.03", term_months=12
    )

    assert response.status_code in (400, 422)
    assert Answer.objects.filter(kind="approve").count() == 0


def test_a_repayment_out_of_order_above_the_balance_names_its_day():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")
    answer(project, bank, "lend", **LOAN_FACTS)
    client = BankClient(bank)
    client.report(project.ref, kind="repayment", number="2", on="2024-06-01", principal="1500000.00")

    response = client.report(project.ref, kind="repayment", number="1", on="2024-05-01", principal="600000.00")

    assert response.status_code == 422
    assert "2024-06-01 还款 1500000.00 元，超过当日本金余额 1400000.00 元" in response.json()["detail"]
