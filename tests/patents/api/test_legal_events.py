"""Legal events from the authority's own programs."""

import base64

import pytest
from django.test import Client

from patents.models import LegalEvent
from portal.api.services import issue_credentials, issue_office_credentials
from portal.errors import Invalid, NotAllowed
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, city_user, province_user
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/legal-events/"
NUMBER = "201710601862.3"


def token(credentials, **data):
    pair = base64.b64encode(f"{credentials.client_id}:{credentials.client_secret}".encode()).decode()
    grant = {"grant_type": "client_credentials", **data}
    return Client().post("/api/v1/oauth/token", grant, headers={"Authorization": f"Basic {pair}"}).json()


def authority():
    return OrganisationFactory(kind="authority_province", name="试验省知识产权管理部门", city_code="370000")


class Office(Client):
    def __init__(self, **scope):
        super().__init__()
        self.token = token(issue_office_credentials(organisation=authority(), by=province_user()), **scope)
        self.auth = {"Authorization": f"Bearer {self.token['access_token']}"}
        self.count = 0

    def report(self, key=None, **body):
        self.count += 1
        headers = {**self.auth, "Idempotency-Key": key or f"office-key-{self.count:04d}"}
        body = {"number": NUMBER, "code": "PE01", "on": "2026-03-02", "reference": "Y1", **body}
        return self.post(URL, body, content_type="application/json", headers=headers)


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def patent():
    return PatentFactory(number="201710601862", check_digit="3")


def test_an_event_is_recorded_and_can_be_read_back(office, patent):
    response = office.report(facts={"pledgee": "某银行"})

    event = LegalEvent.objects.get()
    shown = {
        "id": event.pk, "number": NUMBER, "code": "PE01", "on": "2026-03-02", "reference": "Y1",
        "facts": {"pledgee": "某银行"}, "status_before": "valid", "status_after": "valid",
        "voided_at": None, "void_reason": "",
    }  # fmt: skip
    answer = response.json()
    recorded_at = answer.pop("recorded_at")
    assert (response.status_code, answer) == (201, shown)
    listed = office.get(URL, {"number": "CN201710601862.3"}, headers=office.auth).json()["results"]
    assert listed == [shown | {"recorded_at": recorded_at}]
    assert (event.source, event.recorded_by.username) == ("api", f"office-api-{event.recorded_by.organisation_id}")


def test_the_same_request_twice_records_once(office, patent):
    first, second = office.report(key="the-same-key"), office.report(key="the-same-key")

    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert LegalEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 409, "duplicate_event"),
        ({"reference": "Y2"}, 409, "overlay_stands"),
        ({"code": "PC01", "on": "2026-03-01"}, 409, "older_event"),
        ({"code": "RR01"}, 409, "wrong_state"),
        ({"number": "97101765.4"}, 404, "not_found"),
        ({"number": "201710601862.4"}, 400, "invalid_request"),
        ({"code": "ZZ99"}, 400, "invalid_request"),
        ({"on": "02.03.2026"}, 400, "invalid_request"),
        ({"on": "2099-01-01"}, 422, "invalid"),
        ({"facts": {"secret": "x"}, "code": "PC01"}, 422, "invalid"),
        ({"colour": "red"}, 400, "invalid_request"),
    ],
)
def test_a_refusal_changes_nothing(office, patent, body, status, code):
    office.report()
    before = LegalEvent.objects.count(), Event.objects.count()

    response = office.report(**body)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert (LegalEvent.objects.count(), Event.objects.count()) == before


def test_scopes_and_callers(patent):
    reader = Office(scope="legal-events:read")
    bank = issue_credentials(organisation=OrganisationFactory(kind="bank"), by=province_user())

    assert reader.report().status_code == 403
    assert Client().get(URL).status_code == 401
    assert token(bank, scope="legal-events:write") == {"error": "invalid_scope"}
    bank_headers = {"Authorization": f"Bearer {token(bank)['access_token']}"}
    assert Client().get(URL, headers=bank_headers).status_code == 403
    assert Client().get("/api/v1/projects/", headers=reader.auth).status_code == 403
    assert LegalEvent.objects.count() == 0


def test_credentials_go_to_the_authority_only():
    with pytest.raises(Invalid):
        issue_office_credentials(organisation=OrganisationFactory(kind="bank"), by=province_user())
    with pytest.raises(NotAllowed):
        issue_office_credentials(organisation=authority(), by=city_user())


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(office, django_assert_num_queries, rows):
    for n in range(rows):
        LegalEvent.objects.create(
            patent=PatentFactory(), code="PE01", on="2026-03-02", reference=f"Y{n}", source="form", status_before="valid",
            status_after="valid",
        )  # fmt: skip

    with django_assert_num_queries(5):
        response = office.get(URL, headers=office.auth)

    assert len(response.json()["results"]) == rows
