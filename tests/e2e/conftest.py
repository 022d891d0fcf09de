"""A browser on the live server; without one these tests are skipped by name."""

import os

import pytest
from django.conf import settings
from django.test import Client

from tests.e2e import browser as browsers

# Playwright keeps an event loop in this thread; the tests' own database calls are not asynchronous for it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(reason="no Chromium found")
    for item in items:
        if item.path.parent.name == "e2e":
            item.add_marker(pytest.mark.e2e)
            # One worker runs them all: two browsers on two cores only wait for each other.
            item.add_marker(pytest.mark.xdist_group("browser"))
            if browsers.executable() is None:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def running_browser():
    with browsers.browser() as running:
        yield running


@pytest.fixture
def open_tab(running_browser, live_server):
    """Open a tab for one visitor; at the end no page may have complained, or asked another host."""
    tabs = []

    def opened(user=None, **options):
        tab = browsers.Tab(running_browser, live_server.url, **options)
        tabs.append(tab)
        if user:
            sign_in(tab, user, live_server.url)
        return tab

    yield opened
    problems = [problem for tab in tabs for problem in tab.problems]
    for tab in tabs:
        tab.close()
    assert problems == []


def sign_in(tab, user, url):
    """Give the tab a session of the user's."""
    client = Client()
    client.force_login(user)
    tab.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": url,
            }
        ]
    )
