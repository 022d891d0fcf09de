"""Evaluations from the first score to the last, indicator tables, evidence, and every refusal."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from django.core.management import call_command
from django.db import IntegrityError, InternalError, transaction

from patents.models import Assessment, Evaluation, EvaluationTable, ExpertTask, HighValueEvidence, Patent
from patents.queries import evaluation as queries
from patents.services import evaluation as services
from patents.services.evaluation_tables import TableHead, approve_table, draft_table
from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Delivery, Event
from portal.outbox.registry import get
from portal.policy.models import RuleVersion
from tests.factories.accounts import UserFactory, bank_user, city_user, holder_user, province_user, sme_user
from tests.factories.deals import talks
from tests.factories.evaluation import TABLE, asked, judged, opened, owner_scored, values, wanted
from tests.factories.finance import lent_project
from tests.factories.licences import accepted, own_patent, published
from tests.patents.evaluation.test_policy import SMALL

pytestmark = pytest.mark.django_db
HEAD = TableHead("T-2026", "试验指标表", "试验", Decimal("0.50"), dt.date(2024, 1, 1))


def kept():
    return (
        list(Event.objects.values_list("name", flat=True)),
        Assessment.objects.count(),
        list(Evaluation.objects.values_list("state", flat=True)),
        list(ExpertTask.objects.values_list("state", flat=True)),
        list(HighValueEvidence.objects.values_list("state", flat=True)),
        list(EvaluationTable.objects.values_list("code", "state", "parameters")),
    )


def refused(call):
    """The refusal of a call that must change and publish nothing."""
    before = kept()
    with pytest.raises(ServiceError) as refusal:
        call()
    assert kept() == before
    return refusal.value


def test_the_portal_scores_first_and_only_what_it_knows():
    evaluation, _ = opened()

    score = Assessment.objects.get()
    assert (score.scorer, score.assessor, score.evaluation) == ("rule", None, evaluation)
    # More than 15 years left (10), no family (3), no licence (4): weights 0.15 each.
    # LVD = 8/10 x (1.5 + 0.45 + 0.6)/0.45/10 x 100 = 45.333...
    assert (score.legal_score, score.technical_score, score.economic_score, score.total_score) == (
        Decimal("45.33"), None, None, None,
    )  # fmt: skip
    assert score.values["L6"] == {"value": "3", "fact": "没有登记海外同族"}
    assert score.result["lines"][-1]["text"] == "三个维度未全部得分，不计算总分"


def test_the_expert_asked_is_told_in_person():
    evaluation, _ = opened()
    expert = asked(evaluation)

    notice = Notice.objects.get(reader=expert)
    assert (notice.title, notice.link) == (f"请您评价专利：{evaluation.patent.title}", evaluation.get_absolute_url())


def test_owner_and_expert_scores_stand_apart():
    evaluation, _ = owner_scored(value="6")
    judged(evaluation, value="8")
    judged(evaluation, value="4")

    scores = queries.current_scores(list(evaluation.assessments.order_by("-id")))

    # L = 8/10 x (0.55 x value + 2.55)/10 x 100, T = E = value x 10; PVD = 0.3 L + 0.3 T + 0.4 E.
    assert {scorer: [str(row.total_score) for row in rows] for scorer, rows in scores.items()} == {
        "rule": ["None"],
        "owner": ["56.04"],
        "expert": ["39.40", "72.68"],
    }
    assert [row.technical_score for row in scores["owner"]] == [Decimal("60.00")]
    assert [row.economic_score for row in scores["expert"]] == [Decimal("40.00"), Decimal("80.00")]


def test_the_result_keeps_version_inputs_and_lines():
    evaluation, holder = owner_scored()

    score = evaluation.assessments.get(scorer="owner")
    assert (score.assessor, score.result["table"], score.result["scene"]) == (holder, TABLE, "licence_transfer")
    assert sorted(score.values) == sorted(row.code for row in queries.table_of(evaluation.table).indicators)
    assert score.result["total"] == str(score.total_score)
    assert score.result["missing"] == []


def test_scores_are_never_changed():
    owner_scored()

    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        Assessment.objects.update(total_score=100)
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        Assessment.objects.all().delete()


def test_a_new_self_assessment_stands_beside_the_old():
    evaluation, holder = owner_scored(value="6")
    services.score_by_owner(ref=evaluation.ref, by=holder, values=values(evaluation, "7"))

    rows = list(evaluation.assessments.filter(scorer="owner").order_by("-id"))

    assert [row.technical_score for row in rows] == [Decimal("70.00"), Decimal("60.00")]
    assert queries.current_scores(rows)["owner"] == rows[:1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda given: given.pop("T1"), "T1"),
        (lambda given: given.update(T1=Decimal("10.1")), "T1"),
        (lambda given: given.update(T1=Decimal(-1)), "T1"),
        (lambda given: given.update(L5=Decimal(9)), "L5"),
        (lambda given: given.update(X9=Decimal(9)), "X9"),
    ],
)
def test_wrong_values_are_named(change, field):
    evaluation, holder = opened()
    given = values(evaluation)
    change(given)

    refusal = refused(lambda: services.score_by_owner(ref=evaluation.ref, by=holder, values=given))

    assert (type(refusal), refusal.field) == (Invalid, field)


def test_computed_indicators_are_not_asked_of_people():
    evaluation, _ = opened()

    assert set(wanted(evaluation)) & {"L1", "L5", "L6", "L7"} == set()
    assert "T6" in wanted(evaluation)


def test_who_may_open_and_what():
    holder = holder_user()
    patent = own_patent(holder)

    found = [
        refused(partial(services.open_evaluation, patent_id=patent.pk, by=by, table_code=code, scene=scene))
        for by, code, scene in (
            (holder_user(), TABLE, "finance"),
            (sme_user(), TABLE, "finance"),
            (city_user("370900"), TABLE, "finance"),
            (holder, "GBT-42748-2023", "finance"),
            (holder, TABLE, "tax"),
        )
    ]

    assert [type(refusal) for refusal in found] == [NotFound, NotFound, NotFound, Invalid, Invalid]


def test_one_open_round_per_table_and_scene():
    evaluation, holder = opened()

    refusal = refused(
        lambda: services.open_evaluation(
            patent_id=evaluation.patent_id, by=holder, table_code=TABLE, scene="licence_transfer"
        )
    )
    other, _ = opened(holder, evaluation.patent, scene="finance")

    assert (refusal.code, other.scene) == ("already_open", "finance")


def conflicted(kind, evaluation):
    """A user with a conflict of that kind."""
    if kind == "same organisation":
        return UserFactory(role="holder", organisation=evaluation.holder)
    if kind == "inventor":
        Patent.objects.filter(pk=evaluation.patent_id).update(inventor_names="李明；王砚溪")
        return holder_user(last_name="王", first_name="砚溪")
    if kind == "applicant":
        user = holder_user()
        Patent.objects.filter(pk=evaluation.patent_id).update(applicant_names=f"某大学；{user.organisation.name}")
        return user
    licence, _ = published(UserFactory(role="holder", organisation=evaluation.holder), evaluation.patent)
    return accepted(licence)[1]


@pytest.mark.parametrize("kind", ["same organisation", "inventor", "applicant", "party"])
def test_conflicts_of_interest_are_refused_when_asked(kind):
    evaluation, _ = opened()
    user = conflicted(kind, evaluation)

    refusal = refused(lambda: services.ask_expert(ref=evaluation.ref, by=province_user(), username=user.username))

    assert (type(refusal), refusal.code) == (Conflict, "conflict_of_interest")


def test_a_conflict_that_came_later_is_refused_when_scoring():
    evaluation, _ = opened()
    expert = asked(evaluation, sme_user())
    licence, _ = published(UserFactory(role="holder", organisation=evaluation.holder), evaluation.patent)
    accepted(licence, expert)

    refusal = refused(
        lambda: services.score_by_expert(
            ref=evaluation.ref, by=expert, values=values(evaluation), opinion="好", has_no_conflict=True
        )
    )

    assert refusal.code == "conflict_of_interest"


@pytest.mark.parametrize(
    ("changes", "field"), [({"has_no_conflict": False}, "has_no_conflict"), ({"opinion": " "}, "opinion")]
)
def test_an_expert_declares_and_gives_an_opinion(changes, field):
    evaluation, _ = opened()
    expert = asked(evaluation)
    given = {"opinion": "可实施。", "has_no_conflict": True} | changes

    refusal = refused(
        lambda: services.score_by_expert(ref=evaluation.ref, by=expert, values=values(evaluation), **given)
    )

    assert (type(refusal), refusal.field) == (Invalid, field)


def test_an_expert_scores_once_and_only_when_asked():
    evaluation, _ = opened()
    expert = judged(evaluation)
    given = {"values": values(evaluation), "opinion": "好", "has_no_conflict": True}

    found = [
        refused(partial(services.score_by_expert, ref=evaluation.ref, by=by, **given)) for by in (expert, holder_user())
    ]

    assert [type(refusal) for refusal in found] == [WrongState, NotFound]


def test_an_expert_steps_back():
    evaluation, _ = owner_scored()
    expert = asked(evaluation)
    waiting = refused(lambda: services.close_evaluation(ref=evaluation.ref, by=province_user()))
    silent = refused(lambda: services.recuse_expert(ref=evaluation.ref, by=expert, reason=" "))

    services.recuse_expert(ref=evaluation.ref, by=expert, reason="曾合作申请项目")
    done = services.close_evaluation(ref=evaluation.ref, by=province_user())

    assert (waiting.code, silent.field, done.state) == ("expert_waiting", "reason", "closed")


def test_nobody_asks_who_cannot_be_an_expert():
    evaluation, holder = opened()

    found = [
        refused(partial(services.ask_expert, ref=evaluation.ref, by=by, username=name)).code
        for by, name in (
            (province_user(), "nobody"),
            (province_user(), bank_user().username),
            (holder, holder_user().username),
            (city_user("370900"), holder_user().username),
        )
    ]

    assert found == ["invalid", "invalid", "not_allowed", "not_found"]


def test_a_round_without_people_is_not_closed_and_a_closed_one_takes_nothing():
    evaluation, holder = opened()
    empty = refused(lambda: services.close_evaluation(ref=evaluation.ref, by=holder))
    services.score_by_owner(ref=evaluation.ref, by=holder, values=values(evaluation))
    services.close_evaluation(ref=evaluation.ref, by=holder)

    found = [
        refused(lambda: services.score_by_owner(ref=evaluation.ref, by=holder, values=values(evaluation))),
        refused(lambda: services.score_by_rule(ref=evaluation.ref, by=holder)),
        refused(lambda: services.close_evaluation(ref=evaluation.ref, by=holder)),
        refused(lambda: services.cancel_evaluation(ref=evaluation.ref, by=holder, note="撤")),
    ]

    assert (empty.code, [type(refusal) for refusal in found]) == ("nobody_scored", [WrongState] * 4)


def test_cancelling_needs_a_reason():
    evaluation, holder = opened()

    refusal = refused(lambda: services.cancel_evaluation(ref=evaluation.ref, by=holder, note=""))
    done = services.cancel_evaluation(ref=evaluation.ref, by=holder, note="重复发起")

    assert (refusal.field, done.state, queries.public_scores(evaluation.patent)) == ("note", "cancelled", [])


def test_a_later_table_does_not_touch_an_open_round():
    evaluation, holder = opened()
    by, other = province_user(), province_user()
    draft_table(by=by, head=HEAD, parameters=SMALL)
    approve_table(code="T-2026", by=other)

    services.score_by_owner(ref=evaluation.ref, by=holder, values=values(evaluation))

    assert evaluation.assessments.get(scorer="owner").result["table"] == TABLE
    assert [row.code for row in queries.tables_on(clock.today())] == ["T-2026", TABLE]


def test_one_drafts_another_approves_then_nobody_changes():
    by, other = province_user(), province_user()
    draft_table(by=by, head=HEAD, parameters=SMALL)
    own = refused(lambda: approve_table(code="T-2026", by=by))

    done = approve_table(code="T-2026", by=other)

    assert (type(own), done.state, done.approved_by) == (NotAllowed, "in_force", other)
    again = refused(lambda: draft_table(by=by, head=HEAD, parameters=SMALL))
    twice = refused(lambda: approve_table(code="T-2026", by=other))
    assert (type(again), type(twice)) == (WrongState, WrongState)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        RuleVersion.objects.filter(code="T-2026").update(parameters={})


def test_the_database_wants_two_persons():
    by = province_user()
    draft_table(by=by, head=HEAD, parameters=SMALL)

    with pytest.raises(IntegrityError, match="rule_version_two_persons"), transaction.atomic():
        RuleVersion.objects.filter(code="T-2026").update(state="in_force", approved_by=by)


def test_the_standard_of_2023_stays_a_draft_until_somebody_enters_it():
    draft = EvaluationTable.objects.get(code="GBT-42748-2023")

    refusal = refused(lambda: approve_table(code=draft.code, by=province_user()))

    assert (draft.state, draft.parameters["indicators"], refusal.code) == ("draft", [], "not_drafted")
    assert draft.parameters["shape"] == {"level1": 3, "level2": 14, "level3": 27}


@pytest.mark.parametrize("by", [city_user, holder_user, sme_user])
def test_only_the_province_keeps_tables(by):
    user = by()

    found = [
        refused(lambda: draft_table(by=user, head=HEAD, parameters=SMALL)),
        refused(lambda: approve_table(code="GBT-42748-2023", by=user)),
    ]

    assert [type(refusal) for refusal in found] == [NotAllowed, NotAllowed]


def test_command_imports_a_draft(tmp_path, capsys):
    by = province_user()
    sheet = tmp_path / "table.csv"
    sheet.write_text(
        "类别,维度,二级指标,代码,名称,权重,乘数,计算规则,评分说明,法律权重,技术权重,经济权重\n"
        "指标,法律价值,,S,稳定性,,是,,,,,\n"
        '指标,法律价值,保护,A,有效期,1,,"{""rule"": ""remaining_years"", ""bands"": [[""10"", ""9""]]}",越长越高,,,\n'
        "指标,技术价值,,T,先进性,1,,,,,,\n"
        "指标,经济价值,,E,市场,1,,,,,,\n"
        "场景,,,x,许可,,,,,0.5,0.2,0.3\n",
        encoding="utf-8",
    )

    call_command(
        "import_evaluation_table",
        str(sheet),
        f"--by={by.username}",
        "--code=T-2",
        "--title=试验",
        "--source=试验",
        "--confidence=0.5",
        "--from=2024-01-01",
    )

    table = EvaluationTable.objects.get(code="T-2")
    assert (table.state, table.drafted_by) == ("draft", by)
    assert table.parameters == {
        "scale": 10,
        "indicators": [
            {"code": "S", "name": "稳定性", "dimension": "legal", "multiplier": True},
            {
                "code": "A", "name": "有效期", "dimension": "legal", "weight": "1", "group": "保护", "guide": "越长越高",
                "computed": {"rule": "remaining_years", "bands": [["10", "9"]]},
            },
            {"code": "T", "name": "先进性", "dimension": "technical", "weight": "1"},
            {"code": "E", "name": "市场", "dimension": "economic", "weight": "1"},
        ],
        "scenes": [{"code": "x", "name": "许可", "weights": {"legal": "0.5", "technical": "0.2", "economic": "0.3"}}],
    }  # fmt: skip
    assert capsys.readouterr().out == "指标表 T-2 已存为草案，4 项指标，待另一名管理人员批准。\n"


def test_awards_count_once_confirmed():
    holder = holder_user()
    patent = own_patent(holder)
    today = clock.today()
    award = services.add_award(
        patent_id=patent.pk,
        by=holder,
        kind="china_patent_award",
        name="中国专利优秀奖",
        dated_on=today,
        document="国知发〔2026〕1号",
    )
    before = queries.is_high_value_on(patent, today)

    services.judge_evidence(evidence_id=award.pk, by=city_user(holder.organisation.city_code), is_right=True)

    assert (before, queries.is_high_value_on(patent, today)) == (False, True)
    assert queries.is_high_value_on(patent, today - dt.timedelta(days=1)) is False


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "pledge"}, "kind"),
        ({"name": ""}, "name"),
        ({"document": " "}, "document"),
        ({"dated_on": dt.date(2999, 1, 1)}, "dated_on"),
    ],
)
def test_an_award_needs_its_facts(changes, field):
    holder = holder_user()
    patent = own_patent(holder)
    given = {"kind": "state_award", "name": "奖", "dated_on": dt.date(2024, 1, 1), "document": "文"} | changes

    refusal = refused(lambda: services.add_award(patent_id=patent.pk, by=holder, **given))

    assert refusal.field == field


def test_refusing_evidence_needs_a_reason_and_the_right_city():
    holder = holder_user()
    award = services.add_award(
        patent_id=own_patent(holder).pk,
        by=holder,
        kind="state_award",
        name="奖",
        dated_on=dt.date(2024, 1, 1),
        document="文",
    )

    found = [
        refused(partial(services.judge_evidence, evidence_id=award.pk, by=by, is_right=is_right))
        for by, is_right in (
            (city_user(holder.organisation.city_code), False),
            (city_user("370900"), True),
            (holder, True),
        )
    ]

    assert [type(refusal) for refusal in found] == [Invalid, NotFound, NotAllowed]


def test_a_loan_leaves_a_fact_for_each_patent_that_stood_for_it():
    project, _ = lent_project(patent_count=2)
    event = Event.objects.get(name="finance.loan.lent")
    keep = get("patents.consumers.keep_pledge_financing")

    keep(event)
    keep(event)

    rows = list(HighValueEvidence.objects.order_by("patent_id").values_list("patent", "kind", "amount", "state"))
    expected = [
        (pk, "pledge", Decimal("2000000.00"), "confirmed")
        for pk in sorted(project.patents.values_list("pk", flat=True))
    ]
    assert rows == expected
    assert Delivery.objects.filter(event=event, receiver="patents.consumers.keep_pledge_financing").count() == 1
    finding = queries.high_value_of(project.patents.first(), clock.today())[3]
    assert (finding.finding, finding.fact) == (
        "unsettled",
        f"质押融资 2,000,000.00 元（2024-03-06，融资项目 {project.ref}）",
    )


def test_a_party_to_a_deal_is_no_expert():
    deal, holder, firm = talks()
    evaluation, _ = opened(holder, deal.patents.get())

    refusal = refused(lambda: services.ask_expert(ref=evaluation.ref, by=province_user(), username=firm.username))

    assert refusal.message == f"有利益冲突，应当回避：{firm.organisation.name} 是该专利交易的当事人。"
