"""Pre-filing, reform and bodies under two connections at once."""

import datetime as dt

import pytest

from patents.models import BodyActivity, OperatingBody, PrefilingAdoption
from patents.services import bodies, prefiling, reform
from portal import clock
from portal.outbox.models import Event
from tests.concurrency import at_once
from tests.factories.accounts import holder_user, province_user
from tests.factories.bodies import body, facts, quarter, reported
from tests.factories.policy import load_shipped
from tests.factories.prefiling import case_at, reported_adoption
from tests.factories.reform import submitted_reform

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rules(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_shipped()


def published(name):
    return Event.objects.filter(name=name).count()


def test_institution_reports_its_rule_once():
    user = holder_user()

    results = at_once(*[lambda: reported_adoption(user)] * 2)

    assert sorted(results) in (["", "conflict"], ["", "wrong_state"])
    assert PrefilingAdoption.objects.count() == published("patents.prefiling_adoption.submitted") == 1


def test_adoption_is_confirmed_once():
    adoption = reported_adoption()
    officials = [province_user(), province_user()]

    results = at_once(*[lambda by=by: prefiling.confirm_adoption(adoption_id=adoption.pk, by=by) for by in officials])

    assert sorted(results) == ["", "wrong_state"]
    assert published("patents.prefiling_adoption.confirmed") == 1


def test_evaluation_is_decided_once():
    user = holder_user()
    case = case_at("advised", user)

    def decide(choice):
        prefiling.decide_case(
            case_id=case.pk, by=user, decision=choice, decision_reason="会议决定", decided_on=clock.today()
        )

    results = at_once(lambda: decide("file_cn"), lambda: decide("drop"))

    assert sorted(results) == ["", "wrong_state"]
    case.refresh_from_db()
    assert case.decision == ("file_cn" if results[0] == "" else "drop")


def test_reform_is_confirmed_or_returned_but_not_both():
    entry = submitted_reform()
    first, second = province_user(), province_user()

    results = at_once(
        lambda: reform.confirm_reform(reform_id=entry.pk, by=first),
        lambda: reform.return_reform(reform_id=entry.pk, by=second, note="协议数与附件不符"),
    )

    assert sorted(results) == ["", "wrong_state"]


def test_quarter_is_reported_once_however_fast_somebody_clicks():
    user = holder_user()
    one = body(user)

    results = at_once(*[lambda: bodies.report_quarter(body_id=one.pk, by=user, report=quarter())] * 2)

    assert sorted(results) == ["", "wrong_state"]
    assert BodyActivity.objects.count() == 1


def test_report_is_confirmed_or_returned_but_not_both():
    activity = reported()
    first, second = province_user(), province_user()

    results = at_once(
        lambda: bodies.confirm_activity(activity_id=activity.pk, by=first),
        lambda: bodies.return_activity(activity_id=activity.pk, by=second, note="请核对成交额"),
    )

    assert sorted(results) == ["", "wrong_state"]


def test_name_is_entered_in_the_register_once():
    officials = [province_user(), province_user()]
    entry = facts(name="岱麓专利转化中心", founded_on=dt.date(2021, 5, 20))

    results = at_once(*[lambda by=by: bodies.save_body(by=by, facts=entry) for by in officials])

    assert sorted(results) == ["", "conflict"]
    assert OperatingBody.objects.filter(name="岱麓专利转化中心").count() == 1
