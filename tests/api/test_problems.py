import pytest
from django.http import Http404
from rest_framework.test import APIClient

from finance.api.views import answers, projects
from portal.accounts.models import Organisation
from portal.api.parsers import LIMIT_BYTES
from portal.api.throttles import ClientThrottle
from tests.factories.accounts import bank_user, sme_user
from tests.factories.api import BankClient

pytestmark = pytest.mark.django_db
PROJECTS = "/api/v1/projects/"


def problem(response):
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert sorted(body) == ["code", "detail", "errors", "status", "title", "type"]
    assert body["type"] == f"urn:patent-portal:problem:{body['code']}"
    assert body["status"] == response.status_code
    return body["status"], body["code"], [(error["field"], error["code"]) for error in body["errors"]]


def test_without_a_token():
    response = APIClient().get(PROJECTS)

    assert problem(response) == (401, "not_authenticated", [])
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_with_a_token_that_nobody_issued():
    response = APIClient().get(PROJECTS, headers={"Authorization": "Bearer nothing"})

    assert problem(response) == (401, "not_authenticated", [])


def test_without_the_scope(bank_client):
    reader = BankClient(bank_user(), scope="projects:read")

    assert reader.get(PROJECTS).status_code == 200
    assert problem(reader.answer("RZ-1", kind="accept")) == (403, "insufficient_scope", [])
    assert problem(BankClient(bank_user(), scope="loans:write").get(PROJECTS)) == (403, "insufficient_scope", [])


def test_a_scope_that_only_some_answers_need(bank_client, project):
    answerer = BankClient(bank_client.bank, scope="projects:answer")

    response = answerer.answer(project.ref, kind="repay", repaid_on="2026-01-01", interest_paid="1.00")

    assert problem(response) == (403, "insufficient_scope", [])


@pytest.mark.parametrize("change", ["inactive", "suspended", "not_a_bank", "sme"])
def test_a_client_that_is_no_lender_any_more(bank_client, change):
    if change == "inactive":
        bank_client.bank.is_active = False
        bank_client.bank.save()
    elif change == "suspended":
        Organisation.objects.filter(users=bank_client.bank).update(state="refused")
    elif change == "not_a_bank":
        Organisation.objects.filter(users=bank_client.bank).update(kind="university")
    else:
        bank_client = BankClient(sme_user())

    assert problem(bank_client.get(PROJECTS)) == (403, "insufficient_scope", [])


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/", "/api/v1/projects", "/api/v1/projects/a/b/c/"])
def test_unknown_address(bank_client, path):
    response = bank_client.get(path)

    assert problem(response) == (404, "not_found", [])


def test_unknown_project(bank_client):
    assert problem(bank_client.get("/api/v1/projects/RZ0000-000000/")) == (404, "not_found", [])


def test_wrong_method(bank_client):
    assert problem(bank_client.delete(PROJECTS)) == (405, "method_not_allowed", [])


def test_wrong_format(bank_client):
    response = bank_client.get(PROJECTS, headers={"Accept": "text/html"})

    assert problem(response) == (406, "not_acceptable", [])


def test_wrong_media_type(bank_client, project):
    response = bank_client.post(
        f"{PROJECTS}{project.ref}/answers/",
        "<a/>",
        content_type="application/xml",
        headers={"Idempotency-Key": "k" * 8},
    )

    assert problem(response) == (415, "unsupported_media_type", [])


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "[" * 100_000,
        '{"kind": NaN}',
        '{"kind": "accept", "kind": "refuse"}',
        b"\xff",
        '{"a": Infinity}',
        '{"kind": "\\ud800"}',
        "9" * 5000,
    ],
    ids=["cut", "deep", "nan", "twice", "utf8", "infinity", "surrogate", "long_number"],
)
def test_malformed_json(bank_client, project, raw):
    response = bank_client.post(
        f"{PROJECTS}{project.ref}/answers/", raw, content_type="application/json", headers={"Idempotency-Key": "k" * 8}
    )

    assert problem(response) == (400, "malformed", [])


def test_a_huge_body(bank_client, project):
    response = bank_client.answer(project.ref, kind="refuse", reason="长" * LIMIT_BYTES)

    assert problem(response) == (413, "payload_too_large", [])


def test_fields_at_fault_are_named(bank_client, project):
    response = bank_client.answer(project.ref, kind="repay", repaid_on="yesterday", interest_paid=1.5)

    assert problem(response) == (
        400,
        "invalid_request",
        [("repaid_on", "invalid"), ("interest_paid", "not_a_string")],
    )


def test_a_refusal_of_the_service(bank_client, project):
    response = bank_client.answer(project.ref, kind="repay", repaid_on="2026-01-01", interest_paid="1.00")

    assert problem(response) == (409, "wrong_state", [])


def test_what_nobody_foresaw_is_a_bare_500(bank_client, project, monkeypatch):
    monkeypatch.setattr(answers, "record_answer", lambda **_: 1 / 0)

    response = bank_client.answer(project.ref, kind="accept")

    assert problem(response) == (500, "server_error", [])
    assert "ZeroDivision" not in response.content.decode()


def test_django_404_inside_a_view(bank_client, monkeypatch):
    def raise_404(request):
        raise Http404

    monkeypatch.setattr(projects, "placements_of", raise_404)

    assert problem(bank_client.get(PROJECTS)) == (404, "not_found", [])


def test_throttles_count_reading_and_writing_apart_per_client(bank_client, project, monkeypatch):
    monkeypatch.setattr(ClientThrottle, "THROTTLE_RATES", {"read": "2/min", "write": "1/min"})
    assert [bank_client.get(PROJECTS).status_code for _ in range(2)] == [200, 200]

    response = bank_client.get(PROJECTS)

    assert problem(response) == (429, "throttled", [])
    assert 1 <= int(response["Retry-After"]) <= 61
    assert bank_client.answer(project.ref, kind="accept").status_code == 201
    assert problem(bank_client.answer(project.ref, kind="accept"))[:2] == (429, "throttled")
    assert BankClient(bank_user()).get(PROJECTS).status_code == 200
