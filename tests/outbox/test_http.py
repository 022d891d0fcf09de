import base64
import datetime as dt
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SM3, Hash

from portal import crypto
from portal.outbox import http, sending, services
from tests.factories.accounts import province_user
from tests.factories.outbox import Receiver, endpoint

PUBLIC = "93.184.215.14"


@pytest.fixture
def resolves_to(monkeypatch):
    """Let every name resolve to the addresses given."""

    def resolve(*addresses):
        def found(_, port, *__, **___):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", found)

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:10.0.0.1",
    ],
)
def test_private_addresses_are_refused(resolves_to, settings, address):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = []
    resolves_to(PUBLIC, address)

    with pytest.raises(http.AddressRefused):
        http.checked_address("https://bank.example/hook")


def test_a_public_address_is_connected_to_as_resolved(resolves_to, settings):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = []
    resolves_to(PUBLIC)

    assert http.checked_address("https://bank.example/hook") == PUBLIC


def test_plain_http_is_refused_unless_the_host_is_listed(resolves_to, settings):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["bank.test"]
    resolves_to("10.0.0.1")

    assert http.checked_address("http://bank.test/hook") == "10.0.0.1"
    with pytest.raises(http.AddressRefused):
        http.checked_address("http://bank.example/hook")


@pytest.mark.django_db
def test_a_push_to_a_private_address_is_a_dead_letter(resolves_to, settings, state_of):
    target, _ = endpoint("https://bank.example/hook")
    resolves_to("10.0.0.1")
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = []
    delivery = services.send(services.publish("a.b", key="1"), organisation=target.organisation)

    sending.deliver_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error) == ("dead", "接收地址指向内部网络")


def test_secrets_survive_a_change_of_key(settings):
    settings.ENCRYPTION_KEYS = ["first"]
    encrypted = crypto.encrypt("秘密")

    settings.ENCRYPTION_KEYS = ["second", "first"]

    assert crypto.decrypt(encrypted) == "秘密"
    assert crypto.encrypt("秘密") != encrypted


@pytest.fixture
def certificate(tmp_path):
    """A self-signed certificate of bank.test and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bank.test")])
    now = dt.datetime.now(tz=dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("bank.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "bank.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.mark.django_db
@pytest.mark.parametrize(("host", "state"), [("bank.test", "delivered"), ("other.test", "retrying")])
def test_tls_verifies_the_name_although_the_address_is_connected_to(
    certificate, resolves_to, settings, monkeypatch, host, state
):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = [host]
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(http, "_tls", lambda: trusting)
    bank = Receiver(tls=served)
    target, _ = endpoint(f"https://{host}:{bank.port}/hook")
    delivery = services.send(services.publish("a.b", key="1"), organisation=target.organisation)
    resolves_to("127.0.0.1")

    sending.deliver_due()

    bank.close()
    delivery.refresh_from_db()
    assert delivery.state == state
    assert [headers["Host"] for _, headers, _ in bank.requests] == ([f"bank.test:{bank.port}"] if bank.requests else [])
    assert bool(bank.requests) == (state == "delivered")


def test_sm3_signature_is_hmac_over_sm3_as_the_standards_define_them():
    """RFC 2104 by hand over SM3, whose own worked example is that of GB/T 32905 for "abc"."""

    def sm3(data):
        digest = Hash(SM3())
        digest.update(data)
        return digest.finalize()

    key, text = b"k" * 32, b"evt_1.1767225600.{}"
    inner = bytes(byte ^ 0x36 for byte in key.ljust(64, b"\0"))
    outer = bytes(byte ^ 0x5C for byte in key.ljust(64, b"\0"))
    expected = base64.b64encode(sm3(outer + sm3(inner + text))).decode()

    found = http.sm3_signature("whsec_" + base64.b64encode(key).decode(), text.decode())

    assert found == f"v1sm3,{expected}"
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.django_db
def test_an_endpoint_that_asks_for_it_gets_both_signatures_with_each_key():
    made, _ = endpoint()
    made = services.change_endpoint(
        endpoint_id=made.pk, url=made.url, is_active=True, uses_sm3=True, by=province_user()
    )
    services.rotate_secret(endpoint_id=made.pk, by=province_user())
    made.refresh_from_db()

    headers = http.signature_headers(made, webhook_id="evt_1", body="{}")

    marks = [part.partition(",")[0] for part in headers["webhook-signature"].split()]
    assert marks == ["v1", "v1", "v1sm3", "v1sm3"]
