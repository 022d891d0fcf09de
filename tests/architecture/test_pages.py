"""What holds for every page of every visitor: the content policy, and HTML that keeps to it."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from tests.visiting import VISITORS

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]
HOST = "testserver"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ADDRESSES = ("src", "href", "action", "formaction", "poster", "data", "srcset")
# Data blocks are not run.
DATA_TYPES = ("application/json", "application/ld+json")


class Offences(HTMLParser):
    """Collects what the content policy would refuse, and every address on another host."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") not in DATA_TYPES):
            self.found.append(f"<{tag}> inline")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.found.append(f"<{tag} {name}={value!r}>")
            if name in ADDRESSES and _is_elsewhere(value or ""):
                self.found.append(f"<{tag} {name}={value!r}> on another host")


def _is_elsewhere(address):
    parts = urlsplit(address.strip())
    return parts.scheme == "javascript" or (bool(parts.netloc) and parts.netloc != HOST)


@pytest.mark.parametrize("visitor", VISITORS)
def test_every_answer_carries_the_security_headers(visits, visitor):
    wrong = {
        name: {header: page.headers.get(header) for header in HEADERS if page.headers.get(header) != HEADERS[header]}
        for name, page in visits.pages(visitor).items()
        if page.html and _policy_of(page.headers) != _policy_of(HEADERS)
    }

    assert wrong == {}


def _policy_of(headers):
    """The headers of interest; directives in any order."""
    found = {name: headers.get(name, "") for name in HEADERS}
    return found | {"Content-Security-Policy": sorted(found["Content-Security-Policy"].split("; "))}


@pytest.mark.parametrize("visitor", VISITORS)
def test_no_page_has_inline_code_or_another_host(visits, visitor):
    offences = {name: Offences(page.html).found for name, page in visits.pages(visitor).items() if page.html}

    assert {name: found for name, found in offences.items() if found} == {}


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<script src="/static/a.js"></script>', []),
        ('<script type="application/json">{}</script>', []),
        ("<script>a()</script>", ["<script> inline"]),
        ("<style>a{}</style>", ["<style> inline"]),
        ('<p onclick="a()">', ["<p onclick='a()'>"]),
        ('<p style="color:red">', ["<p style='color:red'>"]),
        ('<a href="javascript:a()">', ["<a href='javascript:a()'> on another host"]),
        ('<img src="//cdn.example/a.png">', ["<img src='//cdn.example/a.png'> on another host"]),
        ('<a href="/demands/">', []),
    ],
)
def test_offences_are_seen(html, found):
    assert Offences(html).found == found
