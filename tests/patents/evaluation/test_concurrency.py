"""Two connections at once, as two web processes have."""

import pytest

from patents.models import Assessment, Evaluation, EvaluationTable, ExpertTask
from patents.services import evaluation as services
from patents.services.evaluation_tables import approve_table, draft_table
from portal.outbox.models import Event
from portal.policy.models import RuleVersion
from tests.concurrency import at_once
from tests.factories.accounts import holder_user, province_user
from tests.factories.evaluation import TABLE, asked, opened, owner_scored, values
from tests.factories.licences import own_patent
from tests.factories.policy import load_shipped
from tests.patents.evaluation.test_policy import SMALL
from tests.patents.evaluation.test_services import HEAD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rules():
    load_shipped()


def test_a_round_opened_twice_at_once_is_one():
    holder = holder_user()
    patent = own_patent(holder)

    results = at_once(
        *[
            lambda: services.open_evaluation(patent_id=patent.pk, by=holder, table_code=TABLE, scene="finance")
            for _ in range(2)
        ]
    )

    assert sorted(results) == ["", "already_open"]
    assert (Evaluation.objects.count(), Assessment.objects.count()) == (1, 1)


def test_an_expert_who_sends_twice_at_once_scores_once():
    evaluation, _ = opened()
    expert = asked(evaluation)
    given = {"values": values(evaluation), "opinion": "好", "has_no_conflict": True}

    results = at_once(*[lambda: services.score_by_expert(ref=evaluation.ref, by=expert, **given) for _ in range(2)])

    assert sorted(results) == ["", "wrong_state"]
    assert Assessment.objects.filter(scorer="expert").count() == 1


def test_closing_and_asking_an_expert_at_once_leave_no_expert_waiting_in_a_closed_round():
    evaluation, holder = owner_scored()
    expert, province = holder_user(), province_user()

    results = at_once(
        lambda: services.close_evaluation(ref=evaluation.ref, by=holder),
        lambda: services.ask_expert(ref=evaluation.ref, by=province, username=expert.username),
    )

    evaluation.refresh_from_db()
    outcome = (evaluation.state, results, ExpertTask.objects.count())
    assert outcome in [("closed", ["", "wrong_state"], 0), ("open", ["expert_waiting", ""], 1)]


def test_a_table_is_approved_once_and_not_redrafted_meanwhile():
    by, other, third = province_user(), province_user(), province_user()
    draft_table(by=by, head=HEAD, parameters=SMALL)

    results = at_once(
        lambda: approve_table(code=HEAD.code, by=other),
        lambda: approve_table(code=HEAD.code, by=third),
    )

    assert sorted(results) == ["", "wrong_state"]
    assert EvaluationTable.objects.get(code=HEAD.code).approved_by_id in (other.pk, third.pk)
    assert Event.objects.filter(name="patents.evaluation_table.approved").count() == 1
    assert RuleVersion.objects.filter(code=HEAD.code, state="in_force").count() == 1
