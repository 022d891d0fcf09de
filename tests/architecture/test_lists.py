"""Every list with three times its rows asks the database no more often than with those of the small world.

Which addresses list rows is found by visiting them, so a new list is held to this without a word here.
"""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.emptying import TELL_READERS
from tests.rows import multiplied
from tests.visiting import listed

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]
# Whoever sees most comes first: one visitor's look at a list is enough.
READERS = ("province", "finance", "city", "holder", "sme", "bank", "machine")
# Lists that copied rows do not reach, each with the reason.
NOT_FILLED = {
    "/events/<int:pk>/wishes/": "lists organisations by their sign-ups: tests/events/test_plan_pages.py",
    "/admin/outbox/event/": "its page is full in the small world",
    "/admin/accounts/user/": "its page is full in the small world",
    "/demands/matched/": "lists a need once, however many rows of it: tests/demand/test_query_counts.py",
}


def _lists(visits):
    """Reader and address of each list that has a row, by the name of the address."""
    found = {}
    for visitor in READERS:
        for name, page in visits.pages(visitor).items():
            if page.listed[1] and name not in found:
                found[name] = (visitor, page)
    return found


def _asked(client, url):
    """How many rows the list shows, and how often it asked."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    return listed(response)[1], len(asked)


def _tell_readers():
    with connection.cursor() as cursor:
        cursor.execute(TELL_READERS)


def test_no_list_asks_more_often_for_more_rows(visits):
    grown, not_filled = {}, set()
    for name, (visitor, page) in _lists(visits).items():
        client = visits.client(visitor)
        # Each was shown before: all that keeps is kept.
        few, asked_for_few = _asked(client, page.url)
        with transaction.atomic():
            multiplied(page.listed[0], 3)
            _tell_readers()
            client.get(page.url)
            many, asked_for_many = _asked(client, page.url)
            transaction.set_rollback(True)
        _tell_readers()
        if many <= few:
            not_filled.add(name)
        elif asked_for_many > asked_for_few:
            grown[name] = (few, asked_for_few, many, asked_for_many)

    assert grown == {}
    assert not_filled == set(NOT_FILLED)
