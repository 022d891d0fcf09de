"""Publishing events, and what officials do about their deliveries."""

import base64
import datetime as dt
import secrets
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from portal import clock, crypto
from portal.accounts.enums import LENDER_KINDS, Role
from portal.accounts.models import Organisation, User
from portal.audit import services as audit
from portal.errors import Conflict, Invalid, NotAllowed, WrongState
from portal.outbox import registry
from portal.outbox.models import Delivery, DeliveryState, Endpoint, Event

log = structlog.get_logger(__name__)

# Long enough for a bank to bring the new key into every one of its systems.
ROTATION_OVERLAP = dt.timedelta(hours=24)


def publish(name: str, *, key: str, **payload: Any) -> Event:
    """Write an event and its deliveries to the portal's own consumers, in the transaction that made it happen.

    `key` names what the event is about (a project's ref): events of one key reach each receiver in order, provided
    the publisher holds the lock of that row. `payload` holds references and JSON values only.
    """
    return publish_many(name, [(key, payload)])[0]


def publish_many(name: str, facts: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Event]:
    """Publish an event of one name for each (key, payload), in two queries whatever their number; as `publish`."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"publish({name!r}) outside a transaction")
    events = Event.objects.bulk_create(
        Event(ref=f"evt_{uuid.uuid4().hex}", name=name, key=key, payload=dict(payload)) for key, payload in facts
    )
    consumers = registry.names_for(name)
    Delivery.objects.bulk_create(
        Delivery(event=event, receiver=consumer, key=event.key, next_try_at=clock.now())
        for event in events
        for consumer in consumers
    )
    if consumers and events:
        transaction.on_commit(wake)
    return events


def send(event: Event, *, organisation: Organisation) -> Delivery | None:
    """Queue a signed push of `event` to the institution's endpoint; None when it has never had one.

    A push to an endpoint that is switched off waits until it is switched on again. Sent twice, it is one delivery.
    """
    endpoint = Endpoint.objects.filter(organisation=organisation).first()
    if endpoint is None:
        return None
    delivery, _ = Delivery.objects.get_or_create(
        event=event,
        receiver=f"endpoint:{endpoint.pk}",
        defaults={"endpoint": endpoint, "key": event.key, "next_try_at": clock.now()},
    )
    transaction.on_commit(wake)
    return delivery


def wake() -> None:
    """Tell a worker that something is due. A broker that is down costs only time: beat asks every two seconds."""
    from portal.outbox.tasks import deliver_due  # leaf: imported late on purpose

    try:
        deliver_due.apply_async(retry=False)
    except OperationalError:
        log.warning("outbox_wake_failed")


def create_endpoint(*, organisation: Organisation, url: str, by: User) -> tuple[Endpoint, str]:
    """Give an institution an address for pushes; returns it with its signing key, which is never shown again."""
    _require_province(by)
    if organisation.kind not in LENDER_KINDS:
        raise Invalid("只有银行、保险和担保机构可以接收推送。", field="organisation")
    check_url(url)
    secret = _new_secret()
    with transaction.atomic():
        endpoint, created = Endpoint.objects.get_or_create(
            organisation=organisation, defaults={"url": url, "secret_encrypted": crypto.encrypt(secret)}
        )
        if not created:
            raise Conflict("该机构已有接收端点，请直接修改其地址。", field="organisation")
        audit.record(by=by, verb="新增接收端点", target=endpoint, url=url)
    return endpoint, secret


@transaction.atomic
def change_endpoint(*, endpoint_id: int, url: str, is_active: bool, by: User, uses_sm3: bool | None = None) -> Endpoint:
    """Change where pushes go and how they are signed, or switch them off and on.

    Pushes that wait follow the new address. `uses_sm3` None leaves the signing as it is.
    """
    _require_province(by)
    check_url(url)
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    endpoint.url = url
    endpoint.is_active = is_active
    endpoint.disabled_reason = "" if is_active else endpoint.disabled_reason or "由管理人员停用"
    if uses_sm3 is not None:
        endpoint.uses_sm3 = uses_sm3
    endpoint.save(update_fields=["url", "is_active", "disabled_reason", "uses_sm3"])
    audit.record(by=by, verb="修改接收端点", target=endpoint, url=url, is_active=is_active, uses_sm3=endpoint.uses_sm3)
    transaction.on_commit(wake)
    return endpoint


@transaction.atomic
def rotate_secret(*, endpoint_id: int, by: User) -> str:
    """Replace the signing key; returns the new one, which is never shown again.

    The old key signs beside it for ROTATION_OVERLAP.
    """
    _require_province(by)
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    secret = _new_secret()
    endpoint.previous_secret_encrypted = endpoint.secret_encrypted
    endpoint.previous_secret_until = clock.now() + ROTATION_OVERLAP
    endpoint.secret_encrypted = crypto.encrypt(secret)
    endpoint.save(update_fields=["previous_secret_encrypted", "previous_secret_until", "secret_encrypted"])
    audit.record(by=by, verb="更换签名密钥", target=endpoint)
    return secret


@transaction.atomic
def resend_delivery(*, delivery_id: int, by: User) -> Delivery:
    """Send a delivery again at once, with the same event number: the receiver knows a repetition by it.

    A consumer inside the portal that has done its work is not run again.
    """
    _require_province(by)
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.state == DeliveryState.DELIVERED and delivery.endpoint_id is None:
        raise WrongState("平台内部处理已完成，不能重复执行。")
    delivery.state = DeliveryState.PENDING
    delivery.attempt_count = 0
    delivery.next_try_at = clock.now()
    delivery.delivered_at = None
    delivery.save(update_fields=["state", "attempt_count", "next_try_at", "delivered_at"])
    audit.record(by=by, verb="重新推送", target=delivery, event_ref=delivery.event.ref)
    transaction.on_commit(wake)
    return delivery


def _require_province(by: User) -> None:
    if by.role != Role.PROVINCE:
        raise NotAllowed("只有省级管理人员可以管理推送。")


def check_url(url: str) -> None:
    """Refuse an address that pushes may not go to. The host's own addresses are checked at each push.

    Raises:
        Invalid: not https, unless an operator listed the host.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname in settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS:
        return
    raise Invalid("接收地址须以 https:// 开头。", field="url")


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
