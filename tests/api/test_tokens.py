import base64

import pytest
from django.test import Client
from oauth2_provider.models import AccessToken, Application

from portal.api.services import issue_credentials
from portal.api.throttles import ClientThrottle
from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotAllowed
from tests.factories.accounts import OrganisationFactory, city_user, province_user

pytestmark = pytest.mark.django_db
TOKEN = "/api/v1/oauth/token"


@pytest.fixture
def credentials():
    return issue_credentials(organisation=OrganisationFactory(kind="bank"), by=province_user())


def ask(credentials, secret=None, **data):
    pair = f"{credentials.client_id}:{secret or credentials.client_secret}".encode()
    headers = {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    return Client().post(TOKEN, {"grant_type": "client_credentials"} | data, headers=headers)


def test_credentials_give_a_token_that_opens_the_api(credentials):
    response = ask(credentials)

    body = response.json()
    assert (response.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 1800)
    assert set(body["scope"].split()) == {"projects:read", "projects:answer", "loans:write"}
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert Client().get("/api/v1/projects/", headers=headers).json()["results"] == []


def test_a_token_of_fewer_scopes(credentials):
    assert ask(credentials, scope="projects:read").json()["scope"] == "projects:read"


def test_the_secret_is_stored_hashed(credentials):
    assert credentials.client_secret not in str(Application.objects.values())


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password", "username": "a", "password": "b"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
def test_refusals(credentials, change, status, error):
    response = ask(credentials, **change)

    assert (response.status_code, response.json()["error"]) == (status, error)
    assert not AccessToken.objects.exists()


def test_asking_too_often_is_throttled(credentials, monkeypatch):
    monkeypatch.setattr(ClientThrottle, "THROTTLE_RATES", {"read": "1/min", "write": "1/min"})
    monkeypatch.setattr(ClientThrottle, "cache_format", "tokens-of-this-test-%(scope)s-%(ident)s")
    ask(credentials)

    response = ask(credentials)

    assert (response.status_code, response.json()["error"]) == (429, "slow_down")
    assert int(response["Retry-After"]) >= 1


def test_new_credentials_end_the_old_ones(credentials):
    bank = OrganisationFactory._meta.model.objects.get(kind="bank")
    token = ask(credentials).json()["access_token"]

    fresh = issue_credentials(organisation=bank, by=province_user())

    assert ask(credentials).status_code == 401
    assert Client().get("/api/v1/projects/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert ask(fresh).status_code == 200
    assert AuditEntry.objects.filter(verb="签发接口凭证").count() == 2


def test_credentials_are_for_lenders_and_given_by_the_province():
    with pytest.raises(Invalid):
        issue_credentials(organisation=OrganisationFactory(kind="sme"), by=province_user())
    with pytest.raises(NotAllowed):
        issue_credentials(organisation=OrganisationFactory(kind="bank"), by=city_user())
