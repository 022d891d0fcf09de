"""An address that posts a public form too often is told so and does nothing more."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from events.models import Signup
from tests.factories.accounts import city_user, sme_user
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db
PERSON = {"name": "李工", "phone": "13800000001", "organisation_name": "试验厂", "has_consented": "on"}


@pytest.fixture
def event(settings):
    settings.PUBLIC_FORM_RATE = "2/hour"
    return EventFactory(organiser=city_user("370100").organisation)


@pytest.fixture
def address():
    """One that no other test has counted up."""
    return {"REMOTE_ADDR": f"2001:db8::{uuid4().hex[:4]}"}


def test_the_third_post_of_an_address_does_nothing(client, event, address):
    url = reverse("events:sign_up", args=[event.pk])
    for number in (1, 2):
        client.post(url, PERSON | {"phone": f"1380000000{number}"}, **address)

    third = client.post(url, PERSON | {"phone": "13800000003"}, **address)

    assert third.status_code == 429
    assert re.search(r"本网络地址提交过于频繁，请 \d+ 分钟后再试。", third.content.decode())
    assert sorted(Signup.objects.values_list("person_phone", flat=True)) == ["13800000001", "13800000002"]


def test_looking_at_the_form_other_addresses_and_who_is_signed_in_are_not_counted(client, event, address):
    url = reverse("events:sign_up", args=[event.pk])
    for number in (1, 2):
        client.post(url, PERSON | {"phone": f"1380000000{number}"}, **address)

    assert client.get(url, **address).status_code == 200
    assert client.post(url, PERSON | {"phone": "13800000004"}, REMOTE_ADDR="2001:db8::ffff:1").status_code == 302
    client.force_login(sme_user())
    assert client.post(url, {}, **address).status_code != 429
