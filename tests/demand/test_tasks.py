import threading

import pytest
from django.db import connection, transaction

from demand import services, tasks
from demand.models import Demand, Match
from portal.outbox.models import Event
from tests.factories.demand import DemandFactory, gear_patent, indexed_pool, published_demand

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(monkeypatch):
    """Tasks asked for, in place of a broker."""
    calls = []
    monkeypatch.setattr(tasks.match_demand, "apply_async", lambda kwargs, **_: calls.append(kwargs))
    monkeypatch.setattr(tasks.match_waiting, "delay", lambda: calls.append("match_waiting"))
    return calls


def test_publishing_queues_the_match_after_the_commit(queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        demand = published_demand()
        assert queued == []

    assert queued == [{"demand_id": demand.pk}]


def test_match_demand_task_matches():
    indexed_pool(gear_patent())
    demand = published_demand()

    tasks.match_demand(demand_id=demand.pk)
    tasks.match_demand(demand_id=demand.pk)

    assert Match.objects.filter(demand=demand).count() == 1
    assert Event.objects.filter(name="demand.demand.matched").count() == 1


def test_a_full_batch_asks_for_the_next(queued, monkeypatch):
    indexed_pool(gear_patent())
    monkeypatch.setattr(tasks, "BATCH", 2)
    for _ in range(3):
        published_demand()

    tasks.match_waiting()
    assert queued == ["match_waiting"]
    tasks.match_waiting()

    assert queued == ["match_waiting"]
    assert not Demand.objects.filter(match_state="waiting").exists()


def test_match_everything_takes_only_published_needs(queued):
    indexed_pool(gear_patent())
    matched = published_demand()
    services.match_demand(demand_id=matched.pk)
    draft = DemandFactory()

    tasks.match_everything()

    assert queued == ["match_waiting"]
    assert dict(Demand.objects.values_list("pk", "match_state")) == {matched.pk: "waiting", draft.pk: ""}


def test_match_everything_without_needs_queues_nothing(queued):
    tasks.match_everything()

    assert queued == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_waiting_needs():
    indexed_pool(gear_patent())
    for _ in range(6):
        published_demand()
    counts = []

    def work():
        counts.append(services.match_waiting())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sum(counts) == 6
    assert Event.objects.filter(name="demand.demand.matched").count() == 6
    assert Match.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_need_that_another_worker_holds_is_passed_over():
    indexed_pool(gear_patent())
    held, free = published_demand(), published_demand()
    holding, release = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Demand.objects.select_for_update().get(pk=held.pk)
            holding.set()
            release.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(30)
    done = services.match_waiting()
    release.set()
    thread.join(timeout=30)

    assert done == 1
    assert dict(Demand.objects.values_list("pk", "match_state")) == {held.pk: "waiting", free.pk: "matched"}


@pytest.mark.django_db(transaction=True)
def test_the_same_match_twice_at_once_is_one():
    indexed_pool(gear_patent())
    demand = published_demand()

    def work():
        services.match_demand(demand_id=demand.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert Match.objects.count() == 1
    assert Event.objects.filter(name="demand.demand.matched").count() == 1
