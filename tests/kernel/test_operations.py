"""Health, readiness, metrics."""

import pytest
from django.db import DatabaseError, connection

pytestmark = pytest.mark.django_db


def test_live_asks_no_server(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_servers_answer(client):
    response = client.get("/health/ready")

    assert (response.status_code, response.json()) == (200, {"database": True, "cache": True})


def test_ready_names_the_cache_that_does_not_answer(client, settings):
    closed = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": closed}

    response = client.get("/health/ready")

    assert (response.status_code, response.json()) == (503, {"database": True, "cache": False})


def test_ready_names_the_database_that_does_not_answer(client):
    def refuse(*args):
        raise DatabaseError

    with connection.execute_wrapper(refuse):
        response = client.get("/health/ready")

    assert (response.status_code, response.json()) == (503, {"database": False, "cache": True})


@pytest.mark.parametrize(
    ("caller", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.1.2.3", 404), ("203.0.113.5", 404)]
)
def test_metrics_only_for_allowed_networks(client, caller, status):
    response = client.get("/metrics", REMOTE_ADDR=caller)

    assert response.status_code == status
    assert ("django_http_requests_total" in response.content.decode()) == (status == 200)


def test_metrics_for_a_network_that_an_operator_lists(client, settings):
    settings.METRICS_NETWORKS = ["10.0.0.0/8"]

    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404
