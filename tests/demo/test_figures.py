"""Every number of the demonstration opens rows that add up to it, as its reader clicks."""

import html
import re
from decimal import Decimal

import pytest

from portal import money
from portal.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_data")]

LINK = re.compile(r'<a href="(/stats/pledge/rows/[^"]*)">(.*?)</a>')
AMOUNT = re.compile(r"<span[^>]*>(.*)</span>")


def opened(client, address):
    """How many rows the address lists and what their amounts add up to, page by page."""
    page, count, amount = 1, 0, Decimal(0)
    while page:
        response = client.get(html.unescape(address), {} if page == 1 else {"page": page})
        listed = response.context["page"]
        count, amount = count + len(listed), amount + sum(loan.principal for loan in listed)
        page = listed.next_page_number() if listed.has_next() else 0
    return count, amount


@pytest.mark.parametrize(
    ("username", "query", "cells"),
    [
        *(("province", query, 17 * 4) for query in ("", "?year=2024", "?year=2025", "?year=2026&quarter=2")),
        ("finance", "?year=2025", 17 * 4),
        *(("jinan", query, 4) for query in ("", "?year=2024", "?year=2026&quarter=2")),
        ("sme", "", 0),
        (None, "", 0),
    ],
)
def test_each_number_is_the_sum_of_its_rows(client, username, query, cells):
    if username:
        client.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")

    links = LINK.findall(client.get(f"/stats/pledge/{query}").content.decode())

    assert len(links) == cells
    for address, words in links:
        count, amount = opened(client, address)
        shown = AMOUNT.sub(r"\1", words)
        assert shown == (str(count) if shown.isdigit() else money.short(amount)), address


def test_the_cities_add_up_to_the_province(client):
    response = client.get("/stats/pledge/?year=2025")

    rows, total = response.context["rows"], response.context["total"].row
    assert total.now.count == sum(shown.row.now.count for shown in rows) > 0
    assert total.now.amount == sum(shown.row.now.amount for shown in rows)


@pytest.mark.parametrize("username", ["province", "jinan"])
def test_each_queue_of_the_home_opens_the_rows_that_it_counts(client, username):
    client.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")

    home = client.get("/admin/").context
    opened_rows = {
        queue.label: client.get(queue.url).context["cl"].result_count for queue in [*home["waiting"], *home["idle"]]
    }

    assert opened_rows == {queue.label: queue.count for queue in home["waiting"]} | {
        queue.label: 0 for queue in home["idle"]
    }
    assert len(home["waiting"]) >= 3
    assert [queue.days for queue in home["waiting"]] == sorted((q.days for q in home["waiting"]), reverse=True)
