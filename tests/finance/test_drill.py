"""The count of a drill sees each kind of mistake; the drill itself in its short form."""

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from finance.drill.count import Count, count
from finance.drill.course import drill
from finance.models import Loan
from portal.outbox.models import Delivery, Event
from tests.factories.accounts import bank_user
from tests.factories.finance import LOAN_FACTS, admitted_project, answer
from tests.factories.outbox import endpoint
from tests.factories.policy import load_shipped


@pytest.fixture
def books(db):
    """What a bank would have written down after one push, an acceptance and a loan."""
    bank = bank_user()
    endpoint(organisation=bank.organisation)
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")
    answer(project, bank, "lend", **LOAN_FACTS)
    Delivery.objects.filter(endpoint__isnull=False).update(state="delivered")
    (ref,) = Delivery.objects.filter(endpoint__isnull=False).values_list("event__ref", flat=True)
    taken = [{"project_ref": project.ref, "kind": kind, "status": 201} for kind in ("accept", "lend")]
    return {
        bank.organisation_id: {
            "pushes": [{"webhook_id": ref}],
            "effects": [{"webhook_id": ref}],
            "answers": taken,
            "loans": [
                {"project_ref": project.ref, "principal": "2000000.00", "balance": "2000000.00", "interest": "0.00"}
            ],
        }
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda book: book["answers"].reverse(), Count(0, 0, 0, 0)),
        (lambda book: book["pushes"].clear(), Count(1, 0, 0, 0)),
        (lambda book: book["effects"].append(book["effects"][0]), Count(0, 1, 0, 0)),
        (lambda book: book["loans"].clear(), Count(0, 0, 0, 1)),
        (lambda book: book["loans"][0].update(balance="1.00"), Count(0, 0, 0, 1)),
        (lambda book: book["answers"].pop(), Count(0, 0, 0, 1)),
        (lambda book: book["answers"].append({"project_ref": "X", "kind": "accept", "status": 201}), Count(0, 0, 0, 1)),
    ],
)
def test_each_mistake_is_counted(books, change, expected):
    change(*books.values())

    assert count(books) == expected


def test_an_undelivered_push_is_lost(books):
    Delivery.objects.filter(endpoint__isnull=False).update(state="dead")

    assert count(books) == Count(1, 0, 0, 0)


def test_pushes_of_one_project_that_arrive_the_other_way_round_are_counted(books):
    (book,) = books.values()
    first = Delivery.objects.get(endpoint__isnull=False)
    second = Delivery.objects.create(
        event=Event.objects.create(ref="evt_2", name="finance.placement.withdrawn", key=first.key, payload={}),
        receiver=first.receiver,
        endpoint=first.endpoint,
        key=first.key,
        state="delivered",
        next_try_at=first.next_try_at,
    )
    book["pushes"].insert(0, {"webhook_id": second.event.ref})

    assert count(books) == Count(0, 0, 1, 0)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_short_drill_ends_with_nothing_lost_doubled_misordered_or_different(tmp_path):
    load_shipped()
    said = []
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",  # Clients made here have their secrets hashed as tests do.
        "DATABASE_URL": database.geturl(),
        "PORTAL_HOME": str(tmp_path),
        "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        "LOG_LEVEL": "ERROR",
    }

    found = drill(projects=6, banks=2, faults=True, seed=1, minutes=2, say=said.append, environment=environment)

    assert str(found) == "lost=0 doubled=0 misordered=0 ledger_differences=0", said
    assert "0 workers killed" not in said[-1]
    assert Loan.objects.filter(state="closed").count() == 6
