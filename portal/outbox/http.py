"""One signed POST to an institution: to a checked address, without redirects, its answer's body unread."""

import base64
import datetime as dt
import functools
import ipaddress
import json
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from standardwebhooks import Webhook

from portal import clock, crypto
from portal.outbox.models import Delivery, Endpoint


class AddressRefused(Exception):
    """The endpoint's host is not one that the portal may call."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, and how long the receiver asks to be left alone."""

    status_code: int
    retry_after: dt.timedelta


def post(delivery: Delivery) -> Reply:
    """Send the event to the delivery's endpoint, once.

    The host is resolved here and the connection goes to the address that was checked, so that a name that
    changes its address between check and call gains nothing. TLS still verifies the name.

    Raises:
        AddressRefused: the host resolves to a private address that no operator has allowed.
        httpx.HTTPError, OSError: no answer came.
    """
    assert delivery.endpoint is not None  # noqa: S101 - only pushes come here
    url = httpx.URL(delivery.endpoint.url)
    body = message(delivery)
    headers = {
        "Host": url.netloc.decode(),
        "Content-Type": "application/json",
        "User-Agent": "patent-portal-webhooks/1",
        **signature_headers(delivery.endpoint, webhook_id=delivery.event.ref, body=body),
    }
    with httpx.Client(
        timeout=settings.WEBHOOK_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False, verify=_tls()
    ) as client:
        request = client.build_request(
            "POST",
            url.copy_with(host=checked_address(delivery.endpoint.url)),
            content=body,
            headers=headers,
            extensions={"sni_hostname": url.host},
        )
        response = client.send(request, stream=True)
        response.close()
    return Reply(response.status_code, _retry_after(response.headers.get("retry-after", "")))


@functools.cache
def _tls() -> ssl.SSLContext:
    # Reading the authorities' certificates takes longer than a push; they change with a release of the system.
    return httpx.create_ssl_context()


def message(delivery: Delivery) -> str:
    """The body: what happened, when, and the references to fetch it by. Never the facts themselves."""
    event = delivery.event
    return json.dumps(
        {"type": event.name, "timestamp": event.created_at.isoformat(), "data": event.payload},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def signature_headers(endpoint: Endpoint, *, webhook_id: str, body: str) -> dict[str, str]:
    """The three headers of the Standard Webhooks convention, signed with each key that is valid now."""
    now = clock.now().astimezone(dt.UTC)
    encrypted = [endpoint.secret_encrypted]
    if endpoint.previous_secret_until and endpoint.previous_secret_until > now:
        encrypted.append(endpoint.previous_secret_encrypted)
    secrets = [crypto.decrypt(key) for key in encrypted]
    signatures = [Webhook(secret).sign(webhook_id, now, body) for secret in secrets]
    if endpoint.uses_sm3:
        signed = f"{webhook_id}.{int(now.timestamp())}.{body}"
        signatures += [sm3_signature(secret, signed) for secret in secrets]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def sm3_signature(secret: str, signed: str) -> str:
    """HMAC-SM3 (GB/T 32905) over what HMAC-SHA256 signs too, with the same key, marked `v1sm3`.

    A receiver of the Standard Webhooks convention passes over marks that it does not know.
    """
    mac = HMAC(base64.b64decode(secret.removeprefix("whsec_")), SM3())
    mac.update(signed.encode())
    return "v1sm3," + base64.b64encode(mac.finalize()).decode()


def checked_address(url: str) -> str:
    """The IP address to connect to for `url`.

    Raises:
        AddressRefused: any address of the host is not a public one, and no operator listed the host.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_listed = host in settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS
    if parts.scheme != "https" and not is_listed:
        raise AddressRefused("接收地址不是 https")
    found = socket.getaddrinfo(host, parts.port or parts.scheme, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not is_listed and not all(_is_public(address) for address in addresses):
        raise AddressRefused("接收地址指向内部网络")
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    # An IPv4 address dressed as IPv6 is judged as what it reaches.
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_global and not ip.is_multicast


def _retry_after(value: str) -> dt.timedelta:
    seconds = int(value) if value.isascii() and value.isdigit() else 0
    return dt.timedelta(seconds=min(seconds, 86_400))
