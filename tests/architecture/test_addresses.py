"""Every address as every kind of visitor, against the table in addresses.txt.

An address that the table does not name fails the test and prints the line to add. Read the line before adding it: it
says what happens now, not what should.
"""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.world import make_world, newest

TABLE = Path(__file__).parent / "addresses.txt"
VISITORS = (
    "anonymous",
    "sme",
    "other_sme",
    "holder",
    "other_holder",
    "city",
    "other_city",
    "province",
    "finance",
    "bank",
    "machine",
)
SIGN_IN = ("/accounts/login/", "/admin/login/")
MARKS = {200: ".", 400: "!", 401: "A", 403: "X", 404: "?", 405: "P", 415: "!"}
REFUSED = "LAX?"
ADMIN_ROW = re.compile(r"admin/(?P<app>\w+)/(?P<model>\w+)/<(path:object_id|int:pk)>")


def patterns(resolver=None, prefix=""):
    """Every address in the URLconf with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from patterns(entry, address)
        else:
            yield address, entry.callback


def table():
    """What addresses.txt expects: address -> mark by visitor."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {line[0]: dict(zip(VISITORS, line[1], strict=True)) for line in lines}


def concrete(address, world):
    """The address with a row of the world in each place; None when no row of that kind exists."""
    if row := ADMIN_ROW.match(address):
        key = newest(row["app"], row["model"])
        address = re.sub("<(path:object_id|int:pk)>", str(key), address)
        return f"/{address}" if key else None
    named = {
        "demands/<str:ref>/edit": world.draft.ref,
        "demands/<str:ref>/close": world.draft.ref,
        "demands/<str:ref>": world.demand.ref,
        "finance/projects/<str:ref>/edit": world.draft_project.ref,
        "finance/projects/<str:ref>/close": world.draft_project.ref,
        "<str:ref>": world.project.ref,
        "<slug:ref>": world.project.ref,
        "<int:notice_id>": world.notice.pk,
        "patents/uploads/<int:pk>": world.upload.pk,
        "events/<int:pk>": world.event.pk,
        "<path:content_type_id>/<path:object_id>": "1/1",
    }
    address = re.sub(r"\^\(\?P<number>.*?\)\)?/", f"{world.patent.number}/", address)
    address = re.sub(r"\^\(\?P<app_label>.*?\)/", "accounts/", address)
    address = address.replace("(?P<url>.*)", "nowhere/").replace("$", "")
    for place, value in named.items():
        if place in address:
            address = address.replace(place, re.sub("<.*>", str(value), place))
    return f"/{address}"


def client_of(visitor, world):
    if visitor == "machine":
        return world.machine
    client = Client(raise_request_exception=False)
    if visitor != "anonymous":
        client.force_login(world.users[visitor])
    return client


def mark(response):
    """One letter for what came back."""
    if 300 <= response.status_code < 400:
        return "L" if response.headers["Location"].startswith(SIGN_IN) else ">"
    return MARKS.get(response.status_code, str(response.status_code))


@pytest.fixture
def world(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_world(tmp_path)


def observed(world, visitor):
    """What each address answers the visitor."""
    client = client_of(visitor, world)
    answers = {}
    for address, _ in patterns():
        url = concrete(address, world)
        answers[name_of(address)] = "-" if url is None else mark(client.get(url))
        if address.endswith("logout/") and visitor not in ("anonymous", "machine"):
            client.force_login(world.users[visitor])
    return answers


def name_of(address):
    """The address as the table writes it: in one word."""
    return "/" + re.sub(r"\(\?P<(\w+)>.*?\)\)?(?=/|\$|$)", r"<\1>", address).strip("^$").replace("^", "").replace(
        "$", ""
    )


def test_table_names_every_address_and_no_other():
    """Print the missing lines: `pytest tests/architecture -k names -s`."""
    known = set(table())

    missing = sorted({name_of(address) for address, _ in patterns()} - known)

    assert (missing, sorted(known - {name_of(address) for address, _ in patterns()})) == ([], [])


@pytest.mark.parametrize("visitor", VISITORS)
def test_address_answers_the_visitor_as_the_table_says(world, visitor):
    expected = {address: marks[visitor] for address, marks in table().items()}

    answers = observed(world, visitor)

    wrong = {a: f"{answers[a]} instead of {expected.get(a)}" for a in answers if answers[a] != expected.get(a)}
    assert wrong == {}


@pytest.mark.parametrize("visitor", VISITORS)
def test_post_is_refused_wherever_the_page_is(world, visitor):
    refused = [address for address, marks in table().items() if marks[visitor] in REFUSED]
    client = client_of(visitor, world)
    urls = {name_of(address): concrete(address, world) for address, _ in patterns()}

    let_in = {a: mark(client.post(urls[a])) for a in refused if urls.get(a) and a not in OWN_GATE}

    assert {a: m for a, m in let_in.items() if m not in REFUSED} == {}


# Sign-in pages take a POST from anybody; an API address that takes no POST says so before it asks who calls.
OWN_GATE = {"/admin/login/", "/api/v1/projects/", "/api/v1/projects/<slug:ref>/"}


def test_every_view_outside_the_admin_says_who_may_open_it():
    silent = [
        address for address, view in patterns() if not address.startswith("admin/") and not hasattr(view, "access")
    ]

    assert silent == []
