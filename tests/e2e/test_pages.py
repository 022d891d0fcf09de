"""Every page in a browser, on a desk and on a phone: accessible, no wider than the window, nothing refused.

The pages share one small world, made once: they are only looked at.
"""

import re

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from tests.architecture.test_addresses import table
from tests.e2e import browser as browsers
from tests.e2e.conftest import sign_in
from tests.visiting import VISITORS, concrete, name_of, patterns
from tests.world import make_world

pytestmark = pytest.mark.django_db
# Each page is looked at as the first of these who gets it.
VISITORS_HERE = ("anonymous", "sme", "holder", "city", "province")
NO_PAGES = re.compile(
    r"/(api|health|metrics|admin|attachments)\b|/(export(\.xlsx)?|template|errors|event\.ics|feed\.ics|sheet|help|logout)/?$"
    r"|/(documents/<|files/<|holders/$|proof/$|charts/<|file\.<)|\.(csv|json)$"
)
# The admin's pages are built alike: its home, and lists, rows and forms of every shape.
ADMIN = {
    "city": (
        "/admin/",
        "/admin/accounts/organisation/",
        "/admin/accounts/organisation/<path:object_id>/change/",
        "/admin/demand/demand/",
        "/admin/demand/demand/<path:object_id>/change/",
        "/admin/finance/project/",
        "/admin/finance/project/<path:object_id>/change/",
        "/admin/finance/loan/",
        "/admin/patents/patent/",
        "/admin/patents/patent/<path:object_id>/change/",
    ),
    "province": (
        "/admin/",
        "/admin/outbox/delivery/",
        "/admin/outbox/event/<path:object_id>/change/",
        "/admin/accounts/user/",
        "/admin/sheets/sheetimport/",
        "/admin/finance/product/add/",
    ),
}


def pages():
    """Visitor and address: every page outside the admin that the table of addresses lets somebody have."""
    columns = {visitor: VISITORS.index(visitor) for visitor in VISITORS_HERE}
    for address, marks in table().items():
        first = next((visitor for visitor, column in columns.items() if marks[column] == "."), None)
        if first and not NO_PAGES.search(address):
            yield first, address
    for visitor, addresses in ADMIN.items():
        yield from ((visitor, address) for address in addresses)


PAGES = sorted(pages(), key=lambda page: VISITORS.index(page[0]))
VISITED = dict.fromkeys(visitor for visitor, _ in PAGES)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"):
        yield make_world(folder)
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
        # Opened while the browser's event loop ran, it is not the one that pytest-django closes.
        connections.close_all()


@pytest.fixture(scope="module")
def urls(world):
    """Each address of the table with a row of the world in it."""
    return {name_of(address): concrete(address, world) for address, _ in patterns()}


@pytest.fixture(scope="module")
def tabs(world, running_browser):
    """A signed-in tab for each visitor, on one server; made here, so that the server sees their sessions."""
    server = LiveServer("localhost")
    opened = {visitor: browsers.Tab(running_browser, server.url) for visitor in VISITED}
    for visitor, tab in opened.items():
        if visitor != "anonymous":
            sign_in(tab, world.users[visitor], server.url)
    yield opened
    for tab in opened.values():
        tab.close()
    server.stop()


@pytest.mark.parametrize(("visitor", "address"), PAGES)
def test_page_is_accessible_on_desk_and_phone(urls, tabs, visitor, address):
    tab = tabs[visitor]
    tab.problems.clear()

    response = browsers.assert_accessible(tab, urls[address])

    assert (tab.problems, response.status) == ([], 200)


def test_page_that_is_not_there_is_accessible(tabs):
    response = browsers.assert_accessible(tabs["anonymous"], "/nowhere/")

    assert response.status == 404
