import pytest
from django.urls import reverse

from portal.outbox import sending, services
from portal.outbox.models import Delivery, Endpoint
from tests.factories.accounts import OrganisationFactory, city_user, province_user
from tests.factories.outbox import endpoint

pytestmark = pytest.mark.django_db
DELIVERIES = reverse("admin:outbox_delivery_changelist")
LIST_QUERIES = 6
ENDPOINTS = reverse("admin:outbox_endpoint_changelist")


@pytest.fixture
def official(client):
    client.force_login(province_user(is_staff=True))
    return client


def queued(key="RZ-1", target=None):
    target = target or endpoint()[0]
    return services.send(services.publish("a.b", key=key), organisation=target.organisation)


@pytest.mark.parametrize("rows", [1, 3])
def test_delivery_list_query_count(official, django_assert_num_queries, rows):
    for number in range(rows):
        queued(f"RZ-{number}")

    with django_assert_num_queries(LIST_QUERIES):
        page = official.get(DELIVERIES)

    assert page.content.decode().count("RZ-") >= rows


@pytest.mark.parametrize("rows", [1, 3])
def test_event_list_query_count(official, django_assert_num_queries, rows):
    for number in range(rows):
        services.publish("a.b", key=f"RZ-{number}")

    with django_assert_num_queries(LIST_QUERIES):
        page = official.get(reverse("admin:outbox_event_changelist"))

    assert page.status_code == 200


def test_a_dead_letter_shows_its_attempts_and_is_resent(official, push, receiver, state_of):
    receiver.statuses = [401, 204]
    delivery = push()
    sending.deliver_due()
    page = official.get(reverse("admin:outbox_delivery_change", args=[delivery.pk])).content.decode()
    assert "对方返回 HTTP 401" in page

    response = official.post(DELIVERIES, {"action": "resend_selected", "_selected_action": [delivery.pk]}, follow=True)
    sending.deliver_due()

    assert "已重新排队：1 项" in response.content.decode()
    assert state_of(delivery) == "delivered"


def test_an_event_shows_its_deliveries(official):
    delivery = queued()

    page = official.get(reverse("admin:outbox_event_change", args=[delivery.event_id]))

    assert delivery.receiver in page.content.decode()


def test_a_new_endpoint_shows_its_key_once(official):
    bank = OrganisationFactory(kind="bank")

    page = official.post(
        reverse("admin:outbox_endpoint_add"), {"organisation": bank.pk, "url": "https://bank.example/hook"}
    )

    assert "whsec_" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    created = Endpoint.objects.get()
    assert (created.organisation, created.is_active) == (bank, True)
    for address in (ENDPOINTS, reverse("admin:outbox_endpoint_change", args=[created.pk])):
        assert "whsec_" not in official.get(address).content.decode()


def test_an_endpoint_with_a_wrong_address_is_refused_in_words(official):
    bank = OrganisationFactory(kind="bank")

    page = official.post(
        reverse("admin:outbox_endpoint_add"), {"organisation": bank.pk, "url": "http://bank.example/hook"}
    )

    assert "接收地址须以 https:// 开头。" in page.content.decode()
    assert not Endpoint.objects.exists()


def test_changing_the_address_keeps_the_key(official):
    target, _ = endpoint()

    official.post(
        reverse("admin:outbox_endpoint_change", args=[target.pk]),
        {"url": "https://new.example/hook", "is_active": "on"},
    )

    changed = Endpoint.objects.get()
    assert (changed.url, changed.secret_encrypted) == ("https://new.example/hook", target.secret_encrypted)


@pytest.mark.parametrize(("action", "word"), [("rotate_selected", "whsec_"), ("issue_selected", "client_secret")])
def test_new_secrets_are_shown_once(official, action, word):
    target, old = endpoint()

    page = official.post(ENDPOINTS, {"action": action, "_selected_action": [target.pk]}).content.decode()

    assert word in page
    assert old not in page


def test_a_city_sees_nothing_of_the_outbox(client):
    client.force_login(city_user(is_staff=True))
    queued()

    assert [client.get(address).status_code for address in (DELIVERIES, ENDPOINTS)] == [403, 403]
    assert client.post(DELIVERIES, {"action": "resend_selected"}).status_code == 403
    assert Delivery.objects.get().state == "pending"
