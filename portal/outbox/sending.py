"""Sending what is due: claim a row, commit, call outside the transaction, record the attempt."""

import datetime as dt
import random
import time
from dataclasses import dataclass
from http import HTTPStatus

import httpx
import structlog
from django.conf import settings
from django.db import transaction

from portal import clock
from portal.outbox import http, registry
from portal.outbox.models import Attempt, Delivery, DeliveryState, Endpoint

log = structlog.get_logger(__name__)

FIRST_WAIT = dt.timedelta(seconds=5)
LONGEST_WAIT = dt.timedelta(hours=24)
# Waits double from 5 s and stay at a day from the 16th on: about a week and a half in all.
MAX_ATTEMPTS = 24
CLAIM_MARGIN = dt.timedelta(seconds=10)
RETRIED = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended. `is_final` means that trying again cannot help."""

    error: str = ""
    status_code: int | None = None
    is_final: bool = False
    wait: dt.timedelta = dt.timedelta(0)


def deliver_due(*, seconds: float = 20.0) -> int:
    """Deliver what is due, one after another, for at most about `seconds`; returns how many were tried."""
    stop_at = time.monotonic() + seconds
    count = 0
    while time.monotonic() < stop_at and (delivery := claim_next()):
        deliver(delivery)
        count += 1
    return count


@transaction.atomic
def claim_next() -> Delivery | None:
    """Take the delivery that has been due longest; no other worker takes it until the claim runs out."""
    now = clock.now()
    delivery = (
        Delivery.objects.due(now)
        .select_related("event", "endpoint")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_try_at", "id")
        .first()
    )
    if delivery is None:
        return None
    delivery.state = DeliveryState.SENDING
    # Connecting and reading may each take the whole time-out.
    delivery.next_try_at = now + dt.timedelta(seconds=2 * settings.WEBHOOK_TIMEOUT_SECONDS) + CLAIM_MARGIN
    delivery.save(update_fields=["state", "next_try_at"])
    return delivery


def deliver(delivery: Delivery) -> None:
    """Make one attempt at a delivery that `claim_next` returned, and record it."""
    started = time.monotonic()
    outcome = _push(delivery) if delivery.endpoint_id else _consume(delivery)
    _record(delivery, outcome, duration_ms=int((time.monotonic() - started) * 1000))


def _push(delivery: Delivery) -> Outcome:
    try:
        reply = http.post(delivery)
    except http.AddressRefused as refusal:
        return Outcome(error=str(refusal), is_final=True)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Outcome(error=_network_error(error))
    status = reply.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome(status_code=status)
    is_retried = status in RETRIED or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Outcome(error=f"对方返回 HTTP {status}", status_code=status, is_final=not is_retried, wait=reply.retry_after)


def _network_error(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "对方未在规定时间内应答"
    return f"无法连接对方（{type(error).__name__}）"


def _consume(delivery: Delivery) -> Outcome:
    """Run a consumer in one transaction with the mark that it ran: its effect happens once, or not yet."""
    try:
        with transaction.atomic():
            # Waits for a slow twin whose claim ran out; whoever comes second finds the work done.
            row = Delivery.objects.select_for_update().get(pk=delivery.pk)
            if row.state != DeliveryState.DELIVERED:
                registry.get(row.receiver)(delivery.event)
                _mark_delivered(row)
    except Exception as error:
        log.exception("consumer_failed", receiver=delivery.receiver, event_ref=delivery.event.ref)
        return Outcome(error=f"{type(error).__name__}: {error}"[:300])
    return Outcome()


def _mark_delivered(delivery: Delivery) -> None:
    delivery.state = DeliveryState.DELIVERED
    delivery.delivered_at = clock.now()
    delivery.last_error = ""
    delivery.save(update_fields=["state", "delivered_at", "last_error"])


@transaction.atomic
def _record(delivery: Delivery, outcome: Outcome, *, duration_ms: int) -> None:
    Attempt.objects.create(
        delivery=delivery, status_code=outcome.status_code, error=outcome.error[:300], duration_ms=duration_ms
    )
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    row.attempt_count += 1
    row.save(update_fields=["attempt_count"])
    if row.state != DeliveryState.SENDING or row.next_try_at != delivery.next_try_at:
        return  # consumed, resent by an official, or claimed by another worker: their word counts
    if not outcome.error:
        _mark_delivered(row)
        return
    gives_up = outcome.is_final or row.attempt_count >= MAX_ATTEMPTS
    row.state = DeliveryState.DEAD if gives_up else DeliveryState.RETRYING
    row.last_error = outcome.error[:300]
    row.next_try_at = clock.now() + max(backoff(row.attempt_count), outcome.wait)
    row.save(update_fields=["state", "last_error", "next_try_at"])
    if outcome.status_code == HTTPStatus.GONE:
        Endpoint.objects.filter(deliveries=row).update(is_active=False, disabled_reason="对方返回 410，已停用")
    log.warning("delivery_failed", delivery_id=row.pk, state=str(row.state), status_code=outcome.status_code)


def backoff(attempt_count: int) -> dt.timedelta:
    """The wait after the n-th failed attempt: 5 s doubled each time, at most a day, less up to a quarter of jitter."""
    wait: dt.timedelta = min(FIRST_WAIT * 2 ** min(attempt_count - 1, 20), LONGEST_WAIT)
    jitter = dt.timedelta(seconds=wait.total_seconds() * random.uniform(0, 0.25))  # noqa: S311 - keeps no secret
    return wait - jitter
