"""Mutual TLS: a bound institution is let in only with its certificate's subject, as the proxy passes it on."""

import pytest
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import AccessToken

from portal.api.models import ClientBinding
from portal.api.services import bind_certificate, issue_credentials
from portal.errors import Invalid, NotAllowed
from tests.api.test_tokens import ask
from tests.factories.accounts import OrganisationFactory, city_user, province_user

pytestmark = pytest.mark.django_db
SUBJECT = "CN=api.bank.example,O=某银行,C=CN"
HEADER = "X-Client-Certificate-Subject"


@pytest.fixture
def bank():
    return OrganisationFactory(kind="bank")


@pytest.fixture
def token(bank):
    """Got before the institution was bound."""
    return ask(issue_credentials(organisation=bank, by=province_user())).json()["access_token"]


def bound(bank, **changes):
    values = {"organisation": bank, "subject": SUBJECT, "is_active": True, "by": province_user()}
    return bind_certificate(**values | changes)


def call(token, subject=None):
    headers = {"Authorization": f"Bearer {token}"} | ({HEADER: subject} if subject else {})
    return Client().get("/api/v1/projects/", headers=headers)


@pytest.mark.parametrize(
    ("header", "subject", "status"),
    [
        (HEADER, SUBJECT, 200),
        (HEADER, "CN=other", 401),
        (HEADER, None, 401),
        # The proxy does not say: what a caller claims is not believed.
        ("", SUBJECT, 401),
    ],
)
def test_a_bound_institution_shows_its_certificate(settings, bank, token, header, subject, status):
    settings.CLIENT_CERTIFICATE_HEADER = header
    bound(bank)

    response = call(token, subject)

    assert response.status_code == status
    if status == 401:
        assert response.json()["code"] == "certificate_mismatch"


def test_an_institution_that_is_not_bound_needs_none(settings, bank, token):
    settings.CLIENT_CERTIFICATE_HEADER = HEADER
    bound(OrganisationFactory(kind="bank"))
    bound(bank, is_active=False)

    assert call(token).status_code == 200


def test_no_token_is_given_over_another_certificate(settings, bank):
    settings.CLIENT_CERTIFICATE_HEADER = HEADER
    credentials = issue_credentials(organisation=bank, by=province_user())
    bound(bank)

    refused = ask(credentials)

    assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})
    assert not AccessToken.objects.exists()


def test_a_new_binding_replaces_the_earlier_one(bank):
    bound(bank)
    bound(bank, subject=" CN=new ")

    assert list(ClientBinding.objects.values_list("subject", flat=True)) == ["CN=new"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"by": "city"}, NotAllowed),
        ({"subject": " "}, Invalid),
        ({"organisation": "firm"}, Invalid),
    ],
)
def test_who_and_what_is_bound(bank, changes, error):
    if "by" in changes:
        changes = {"by": city_user()}
    if "organisation" in changes:
        changes = {"organisation": OrganisationFactory()}

    with pytest.raises(error):
        bound(bank, **changes)

    assert not ClientBinding.objects.exists()


def test_the_province_binds_in_the_admin(client, bank):
    client.force_login(province_user())
    facts = {"organisation": bank.pk, "subject": SUBJECT, "is_active": "on"}

    assert client.post(reverse("admin:api_clientbinding_add"), facts).status_code == 302
    assert ClientBinding.objects.get().subject == SUBJECT
