import datetime as dt

import pytest
from django.db import transaction

from portal import clock
from portal.outbox import registry, services
from portal.outbox.models import Delivery
from tests.factories.outbox import Receiver, endpoint


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.close()


@pytest.fixture
def push(receiver):
    """Queue pushes of one event each to an endpoint at the receiver; returns the delivery."""
    target, secret = endpoint(receiver.url)

    def queue(key="RZ-1", **payload):
        with transaction.atomic():
            event = services.publish("finance.placement.pushed", key=key, **payload)
            return services.send(event, organisation=target.organisation)

    queue.secret, queue.endpoint = secret, target
    return queue


@pytest.fixture
def consumers(monkeypatch):
    """A registry of the test's own."""
    monkeypatch.setattr(registry, "_consumers", {})
    return registry.consumer


@pytest.fixture
def later(monkeypatch):
    """Move the clock forward."""
    now = clock.now

    def move(**delta):
        monkeypatch.setattr(clock, "now", lambda: now() + dt.timedelta(**delta))

    return move


@pytest.fixture
def state_of():
    return lambda delivery: Delivery.objects.get(pk=delivery.pk).state
