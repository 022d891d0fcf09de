"""Many connections at once, as many web processes have."""

import threading

import pytest

from events import services
from events.checks.signups import Person
from events.models import Signup
from events.tokens import badge_token
from portal.accounts.models import Organisation, User
from portal.audit.models import AuditEntry
from tests.concurrency import at_once
from tests.factories.accounts import OrganisationFactory
from tests.factories.events import EventFactory, SignupFactory, running_event

pytestmark = pytest.mark.django_db(transaction=True)
CONNECTIONS = 6


def firms(count):
    organisations = Organisation.objects.bulk_create(
        OrganisationFactory.build_batch(count, uscc=None, state="approved")
    )
    return User.objects.bulk_create(
        User(username=f"firm-{row.pk}", role="sme", organisation=row) for row in organisations
    )


def test_500_firms_in_the_same_second_for_100_places():
    event, users = EventFactory(capacity=100), firms(500)
    order, guard = [], threading.Lock()

    def sign_up(part):
        for user in part:
            person = Person(user.username, f"139{user.pk:08d}")
            (row,) = services.sign_up(event_id=event.pk, by=user, people=[person])
            with guard:
                order.append((row.number, row.state))

    at_once(*[lambda part=users[first::CONNECTIONS]: sign_up(part) for first in range(CONNECTIONS)])

    rows = list(event.signups.order_by("number").values_list("number", "state"))
    assert rows == [(number, "confirmed" if number <= 100 else "queued") for number in range(1, 501)]
    assert sorted(order) == rows
    assert AuditEntry.objects.filter(verb="活动报名").count() == 500


def test_places_given_back_at_once_go_to_who_waited_longest():
    event, users = EventFactory(capacity=4), firms(8)
    for user in users:
        services.sign_up(event_id=event.pk, by=user, people=[Person(user.username, f"139{user.pk:08d}")])
    sure = list(event.signups.confirmed().order_by("number"))

    results = at_once(*[
        lambda row=row: services.withdraw(signup_id=row.pk, by=User.objects.get(organisation=row.organisation))
        for row in sure[:3]
    ])  # fmt: skip

    assert results == ["", "", ""]
    assert list(event.signups.confirmed().order_by("number").values_list("number", flat=True)) == [4, 5, 6, 7]


def test_one_person_at_two_doors_counts_once():
    row = SignupFactory(event=running_event())
    token, answers = badge_token(row.pk, 1), []

    def come(door):
        answers.append(services.check_in_badge(event_id=row.event_id, token=token, door=door).is_first)

    at_once(*[lambda door=door: come(door) for door in ("东门", "西门", "南门")])

    assert sorted(answers) == [False, False, True]
    assert Signup.objects.filter(checked_in_at__isnull=False).count() == 1
    assert AuditEntry.objects.filter(verb="签到").count() == 1


def test_walk_ins_at_two_doors_do_not_overfill_the_room():
    event = running_event(capacity=1)

    results = at_once(*[
        lambda phone=phone: services.walk_in(
            event_id=event.pk, person=Person("王五", phone), organisation_name="", door="东门"
        )
        for phone in ("13911112222", "13933334444")
    ])  # fmt: skip

    assert sorted(results) == ["", "full"]
    assert event.signups.count() == 1
