import datetime as dt
import json
import threading

import pytest
from django.db import connection, transaction
from standardwebhooks import Webhook, WebhookVerificationError

from portal import clock
from portal.outbox import sending, services
from portal.outbox.models import Attempt, Delivery, Event
from tests.factories.accounts import OrganisationFactory, province_user

pytestmark = pytest.mark.django_db


def test_push_is_signed_and_holds_a_reference_only(push, receiver):
    delivery = push(project_ref="RZ-1")

    sending.deliver_due()

    path, headers, body = receiver.requests[0]
    assert path == "/hook"
    assert headers["webhook-id"] == delivery.event.ref
    assert Webhook(push.secret).verify(body, headers) == {
        "type": "finance.placement.pushed",
        "timestamp": delivery.event.created_at.isoformat(),
        "data": {"project_ref": "RZ-1"},
    }
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempt_count, delivery.last_error) == ("delivered", 1, "")
    assert list(delivery.attempts.values_list("status_code", "error")) == [(204, "")]


def test_a_changed_body_or_key_does_not_verify(push, receiver):
    push(project_ref="RZ-1")
    sending.deliver_due()
    _, headers, body = receiver.requests[0]

    with pytest.raises(WebhookVerificationError):
        Webhook(push.secret).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "AAAA" * 8).verify(body, headers)


def test_after_rotation_both_keys_verify_for_a_day(push, receiver, later):
    new = services.rotate_secret(endpoint_id=push.endpoint.pk, by=province_user())
    push()
    sending.deliver_due()
    _, headers, body = receiver.requests[0]
    assert Webhook(new).verify(body, headers) == Webhook(push.secret).verify(body, headers) == json.loads(body)

    later(hours=25)
    push(key="RZ-2")
    sending.deliver_due()

    assert len(receiver.requests[1][1]["webhook-signature"].split()) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_passing_failure_is_retried_with_the_same_id(push, receiver, later, status):
    delivery = push()
    receiver.statuses = [status, 200]
    sending.deliver_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error) == ("retrying", f"对方返回 HTTP {status}")
    assert delivery.next_try_at > clock.now()
    assert sending.deliver_due() == 0

    later(seconds=6)
    sending.deliver_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempt_count) == ("delivered", 2)
    assert {headers["webhook-id"] for _, headers, _ in receiver.requests} == {delivery.event.ref}


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 422])
def test_a_refusal_is_final_and_redirects_are_not_followed(push, receiver, state_of, later, status):
    delivery = push()
    receiver.statuses, receiver.headers = [status], {"Location": "/elsewhere"}

    sending.deliver_due()
    later(days=10)
    sending.deliver_due()

    assert state_of(delivery) == "dead"
    assert [path for path, _, _ in receiver.requests] == ["/hook"]


def test_410_switches_the_endpoint_off(push, receiver, state_of):
    delivery = push()
    receiver.statuses = [410]

    sending.deliver_due()
    waiting = push(key="RZ-2")
    sending.deliver_due()

    push.endpoint.refresh_from_db()
    assert (push.endpoint.is_active, push.endpoint.disabled_reason) == (False, "对方返回 410，已停用")
    assert (state_of(delivery), state_of(waiting)) == ("dead", "pending")
    assert len(receiver.requests) == 1


def test_retry_after_is_honoured(push, receiver):
    delivery = push()
    receiver.statuses, receiver.headers = [503], {"Retry-After": "600"}

    sending.deliver_due()

    delivery.refresh_from_db()
    assert delivery.next_try_at > clock.now() + dt.timedelta(seconds=590)


def test_a_receiver_that_is_down_is_tried_until_it_is_back(push, receiver, later, state_of):
    delivery = push()
    receiver.close()
    for minutes in (0, 1, 5, 20, 60):
        later(minutes=minutes)
        sending.deliver_due()
    assert state_of(delivery) == "retrying"
    assert Attempt.objects.count() == 5
    assert {error for (error,) in Attempt.objects.values_list("error")} == {"无法连接对方（ConnectError）"}


def test_backoff_doubles_to_a_day_with_jitter():
    waits = [sending.backoff(n) for n in range(1, 30)]

    assert dt.timedelta(seconds=3.75) <= waits[0] <= dt.timedelta(seconds=5)
    assert dt.timedelta(seconds=30) <= waits[3] <= dt.timedelta(seconds=40)
    assert all(dt.timedelta(hours=18) <= wait <= dt.timedelta(hours=24) for wait in waits[15:])
    assert len({sending.backoff(10) for _ in range(20)}) > 1


def test_gives_up_after_the_last_attempt(push, receiver, state_of):
    delivery = push()
    receiver.statuses = [500]
    Delivery.objects.update(attempt_count=sending.MAX_ATTEMPTS - 1)

    sending.deliver_due()

    assert state_of(delivery) == "dead"


def test_order_per_key_is_kept_while_other_keys_pass(push, receiver, later):
    receiver.statuses = [500, 204]
    first, second, other = push("RZ-1", n=1), push("RZ-1", n=2), push("RZ-2", n=3)

    sending.deliver_due()
    assert [json.loads(body)["data"]["n"] for _, _, body in receiver.requests] == [1, 3]

    later(seconds=6)
    sending.deliver_due()

    assert [json.loads(body)["data"]["n"] for _, _, body in receiver.requests] == [1, 3, 1, 2]
    assert not Delivery.objects.undelivered().exists()
    assert first.pk < second.pk < other.pk


def test_a_dead_delivery_blocks_its_key_until_resent(push, receiver, state_of):
    receiver.statuses = [400, 204]
    first, second = push("RZ-1"), push("RZ-1")
    sending.deliver_due()
    assert (state_of(first), state_of(second)) == ("dead", "pending")

    services.resend_delivery(delivery_id=first.pk, by=province_user())
    sending.deliver_due()

    assert (state_of(first), state_of(second)) == ("delivered", "delivered")


def test_a_killed_sender_is_followed_when_its_claim_runs_out(push, receiver, later, state_of):
    delivery = push()
    assert sending.claim_next() == delivery  # and the worker dies here
    assert sending.claim_next() is None

    later(seconds=31)
    sending.deliver_due()

    assert state_of(delivery) == "delivered"
    assert len(receiver.requests) == 1


def test_a_slow_sender_does_not_overwrite_its_follower(push, receiver, later, state_of):
    delivery = push()
    receiver.statuses = [204, 500]
    slow = sending.claim_next()
    later(seconds=31)
    sending.deliver_due()

    sending.deliver(slow)

    assert state_of(delivery) == "delivered"
    assert Attempt.objects.count() == 2


def test_consumer_effect_and_mark_are_one_transaction(consumers, later, state_of):
    @consumers("a.b")
    def fails_once(event):
        OrganisationFactory(name="效果")
        if event.deliveries.get().attempt_count == 0:
            raise ZeroDivisionError

    event = services.publish("a.b", key="1")
    delivery = event.deliveries.get()
    sending.deliver_due()
    assert state_of(delivery) == "retrying"
    assert not OrganisationFactory._meta.model.objects.filter(name="效果").exists()

    later(seconds=6)
    sending.deliver_due()

    assert state_of(delivery) == "delivered"
    assert OrganisationFactory._meta.model.objects.filter(name="效果").count() == 1


def test_a_consumer_delivered_twice_acts_once(consumers):
    done = []
    consumers("a.b")(done.append)
    event = services.publish("a.b", key="1")
    claimed = sending.claim_next()

    sending.deliver(claimed)
    sending.deliver(claimed)

    assert done == [event]


def test_a_consumer_that_no_release_knows_waits(consumers, state_of):
    consumers("a.b")(print)
    delivery = services.publish("a.b", key="1").deliveries.get()
    Delivery.objects.update(receiver="gone.consumers.function")

    sending.deliver_due()

    assert state_of(delivery) == "retrying"


def test_an_event_cannot_be_changed(push):
    push()

    with pytest.raises(Exception, match="Cannot update"):
        Event.objects.update(key="other")


@pytest.mark.django_db(transaction=True)
def test_two_connections_never_claim_the_same_delivery(push):
    for number in range(20):
        push(f"RZ-{number}")
    claimed, start = [], threading.Barrier(4)

    def claim():
        start.wait()
        while delivery := sending.claim_next():
            claimed.append(delivery.pk)
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == sorted(Delivery.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_connection_is_claiming_is_skipped(push):
    first, second = push("RZ-1"), push("RZ-2")
    found = []

    def claim():
        found.append(sending.claim_next())
        connection.close()

    with transaction.atomic():
        assert sending.claim_next() == first
        thread = threading.Thread(target=claim)
        thread.start()
        thread.join(5)

    assert found == [second]
