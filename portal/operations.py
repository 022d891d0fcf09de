"""Addresses for whoever operates the portal: is it alive, is it ready, what does it count."""

import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django_prometheus.exports import ExportToDjangoView
from redis.exceptions import RedisError

from portal.accounts.access import public

UNAVAILABLE = 503


@public
def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; asks nothing of other servers."""
    return JsonResponse({"status": "ok"})


@public
def ready(request: HttpRequest) -> HttpResponse:
    """200 when database and cache answer, else 503 with the name of the one that does not."""
    checks = {"database": _database_answers(), "cache": _cache_answers()}
    return JsonResponse(checks, status=200 if all(checks.values()) else UNAVAILABLE)


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Counters for Prometheus; only for the networks in METRICS_NETWORKS, for others the address does not exist."""
    caller = ipaddress.ip_address(request.META["REMOTE_ADDR"])
    if not any(caller in ipaddress.ip_network(network) for network in settings.METRICS_NETWORKS):
        raise Http404
    exported: HttpResponse = ExportToDjangoView(request)
    return exported


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.set("ready", 1, timeout=5)
    except RedisError:
        return False
    return True
