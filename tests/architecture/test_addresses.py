"""Every address as every kind of visitor, against the table in addresses.txt.

An address that the table does not name fails the test and prints the line to add. Read the line before adding it: it
says what happens now, not what should.
"""

import os
from pathlib import Path

import pytest

from tests.visiting import REFUSED, VISITORS, brief_refusals, mark, patterns

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]
TABLE = Path(__file__).parent / "addresses.txt"
# Sends everybody on to the one sign-in page.
OPEN_TO_POST = {"/admin/login/"}
# An address may say that it takes no POST, or no form, before it asks who calls.
NOT_TAKEN = ("405", "!")


def table():
    """What addresses.txt expects: address -> marks, a letter for each visitor."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return dict(lines)


def line_of(visits, address):
    """The line that describes what the address does now."""
    return f"{address:<60} {''.join(visits.marks(visitor)[address] for visitor in VISITORS)}"


def test_one_worker_makes_all_visits(request):
    assert "PYTEST_XDIST_WORKER" not in os.environ or request.node.nodeid.endswith("@addresses")


def test_table_names_every_address_and_no_other(visits):
    known, real = set(table()), set(visits.urls)

    lines_to_add = [line_of(visits, address) for address in sorted(real - known)]

    assert lines_to_add == [], "read these lines, then add them:\n" + "\n".join(lines_to_add)
    assert sorted(known - real) == []


@pytest.mark.parametrize("visitor", VISITORS)
def test_address_answers_the_visitor_as_the_table_says(visits, visitor):
    column = VISITORS.index(visitor)
    expected = {address: marks[column] for address, marks in table().items()}

    answers = visits.marks(visitor)

    changed = [line_of(visits, address) for address in expected if answers.get(address) != expected[address]]
    assert changed == [], "these addresses now answer:\n" + "\n".join(changed)


@pytest.mark.parametrize("visitor", VISITORS)
def test_post_is_refused_wherever_the_page_is(visits, visitor):
    refused = [name for name, found in visits.marks(visitor).items() if found in REFUSED and name not in OPEN_TO_POST]
    client = visits.client(visitor)

    with brief_refusals():
        let_in = {name: mark(client.post(visits.urls[name])) for name in refused}

    assert {name: found for name, found in let_in.items() if found not in (*REFUSED, *NOT_TAKEN)} == {}


def test_every_view_outside_the_admin_says_who_may_open_it():
    silent = [
        address for address, view in patterns() if not address.startswith("admin/") and not hasattr(view, "access")
    ]

    assert silent == []
