"""Table plans and training with two connections at once."""

import pytest

from events.loading import load_rules
from events.models import Certificate, PlanMeeting, TablePlan, TestAttempt
from events.services import plans
from events.services.training import certificates, sessions
from portal.policy.models import RuleVersion
from tests.concurrency import at_once
from tests.factories.accounts import sme_user
from tests.factories.plans import match, scene
from tests.factories.training import held, planned, question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rules():
    load_rules(RuleVersion)


def test_last_place_of_a_session_is_given_once():
    session, _ = planned(capacity=1)
    first, second = sme_user(), sme_user()

    def come(user, phone):
        return lambda: sessions.enrol(
            session_id=session.pk, by=user, people=[sessions.Participant("学员", phone)]
        )  # fmt: skip

    assert sorted(at_once(come(first, "13900000001"), come(second, "13900000002"))) == ["", "conflict"]
    assert session.enrolments.count() == 1


def test_test_sat_twice_at_once_brings_one_certificate():
    session, (first, _), user, _ = held(questions=[question()])
    sessions.record_attendance(session_id=session.pk, by=user, hours={first.pk: session.course.hours})
    right = {one.pk: frozenset(one.right) for one in session.course.questions.all()}

    def sit():
        certificates.submit_test(code=first.code, answers=right)

    assert sorted(at_once(sit, sit)) == ["", "wrong_state"]
    assert (TestAttempt.objects.count(), Certificate.objects.count()) == (1, 1)


def test_plan_computed_twice_at_once_is_written_once():
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    match(found.firms[1], found.holders[1], "0.5000")
    asked = plans.request_plan(event_id=found.event.pk, by=found.official)

    def compute():
        plans.compute_plan(plan_id=asked.pk, number=asked.number)

    assert at_once(compute, compute) == ["", ""]
    assert (TablePlan.objects.get().state, PlanMeeting.objects.count()) == ("ready", 2)
