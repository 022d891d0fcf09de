import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from portal.accounts.requests import client_address


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, None, "10.0.0.9"),
        (0, "198.51.100.7", "10.0.0.9"),
        (1, None, "10.0.0.9"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.66, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.66, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.9"),
        (1, " , 2001:db8::7 ,", "2001:db8::7"),
    ],
)
def test_client_address_believes_only_own_proxies(settings, proxies, header, expected):
    settings.PROXY_COUNT = proxies
    headers = {} if header is None else {"X-Forwarded-For": header}

    assert client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers=headers)) == expected


def test_client_address_of_a_request_without_connection_is_none():
    assert client_address(HttpRequest()) is None
