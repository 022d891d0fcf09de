import pytest
from django.db import transaction

from portal.errors import Conflict, Invalid, NotAllowed, WrongState
from portal.outbox import sending, services
from portal.outbox.models import Delivery, DeliveryState, Endpoint, Event
from tests.factories.accounts import OrganisationFactory, city_user, province_user
from tests.factories.outbox import endpoint

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_publish_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError):
        services.publish("a.b", key="1")

    assert not Event.objects.exists()


def test_publish_creates_one_delivery_per_consumer(consumers):
    @consumers("a.b")
    def first(event):
        pass

    @consumers("a.b")
    def second(event):
        pass

    @consumers("a.c")
    def other(event):
        pass

    event = services.publish("a.b", key="RZ-1", project_ref="RZ-1")

    module = __name__
    assert (event.name, event.key, event.payload) == ("a.b", "RZ-1", {"project_ref": "RZ-1"})
    assert sorted(event.deliveries.values_list("receiver", "key", "state")) == [
        (f"{module}.first", "RZ-1", "pending"),
        (f"{module}.second", "RZ-1", "pending"),
    ]


def test_send_without_an_endpoint_queues_nothing():
    event = services.publish("a.b", key="RZ-1")

    assert services.send(event, organisation=OrganisationFactory(kind="bank")) is None
    assert not Delivery.objects.exists()


def test_send_twice_is_one_delivery():
    target, _ = endpoint()
    event = services.publish("a.b", key="RZ-1")

    first, second = (services.send(event, organisation=target.organisation) for _ in range(2))

    assert first == second


def test_send_to_a_switched_off_endpoint_waits_until_it_is_on_again(push, receiver):
    services.change_endpoint(endpoint_id=push.endpoint.pk, url=receiver.url, is_active=False, by=province_user())
    push()
    assert sending.deliver_due() == 0

    services.change_endpoint(endpoint_id=push.endpoint.pk, url=receiver.url, is_active=True, by=province_user())

    assert sending.deliver_due() == 1
    assert len(receiver.requests) == 1


def test_rolled_back_events_leave_nothing(consumers):
    consumers("a.b")(print)

    with transaction.atomic():
        services.publish("a.b", key="RZ-1")
        transaction.set_rollback(True)

    assert not Event.objects.exists()


def test_endpoint_secret_is_stored_encrypted():
    target, secret = endpoint()

    assert secret.startswith("whsec_")
    assert secret not in target.secret_encrypted
    assert secret.removeprefix("whsec_") not in target.secret_encrypted


@pytest.mark.parametrize("url", ["http://bank.example/hook", "ftp://bank.example/", "https:///x"])
def test_endpoint_with_an_unsafe_address_is_refused(url):
    with pytest.raises(Invalid):
        endpoint(url)

    assert not Endpoint.objects.exists()


def test_endpoint_only_for_lenders_once_and_by_the_province():
    bank = OrganisationFactory(kind="bank")
    endpoint(organisation=bank)

    with pytest.raises(Conflict):
        endpoint(organisation=bank)
    with pytest.raises(Invalid):
        endpoint(organisation=OrganisationFactory(kind="sme"))
    with pytest.raises(NotAllowed):
        services.create_endpoint(
            organisation=OrganisationFactory(kind="bank"), url="https://bank.example/", by=city_user()
        )
    assert Endpoint.objects.count() == 1


def test_resend_by_a_city_is_refused(push, state_of):
    delivery = push()
    Delivery.objects.update(state=DeliveryState.DEAD)

    with pytest.raises(NotAllowed):
        services.resend_delivery(delivery_id=delivery.pk, by=city_user())

    assert state_of(delivery) == "dead"


def test_resend_never_repeats_a_finished_consumer(consumers):
    done = []
    consumers("a.b")(done.append)
    event = services.publish("a.b", key="1")
    sending.deliver_due()

    with pytest.raises(WrongState):
        services.resend_delivery(delivery_id=event.deliveries.get().pk, by=province_user())

    assert done == [event]
