"""Questionnaires, visits, facts of credit, and the conditions of admission that they feed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from finance import services
from finance.checks.surveys import QuestionFacts
from finance.models import CreditFact, Questionnaire, SurveyResponse, Visit
from finance.policy.admission import Condition, Fact, judge, read_conditions, refusing
from finance.queries.admission import screening_rule
from portal import clock
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from tests.factories.accounts import bank_user, city_user, holder_user, province_user, sme_user
from tests.factories.finance import ProductFactory, submitted_project
from tests.factories.policy import load_shipped

TODAY = dt.date(2026, 11, 30)
QUESTIONS = [
    QuestionFacts("近两年是否有研发投入", "yes_no", code="rd"),
    QuestionFacts("上年研发投入", "money"),
    QuestionFacts("资金主要用途", "choices", ("设备", "研发", "流动资金")),
    QuestionFacts("场地", "choice", ("自有", "租赁"), is_required=False),
    QuestionFacts("专职研发人员", "number", is_required=False),
    QuestionFacts("首台套日期", "date", is_required=False),
    QuestionFacts("说明", "text", is_required=False),
]
ANSWERS = {"rd": "yes", "q2": "120.5", "q3": ["研发", "设备"]}


def opened(by=None, questions=QUESTIONS):
    official = by or province_user()
    made = services.save_questionnaire(by=official, title="融资需求调查", intro="", questions=questions)
    return services.open_questionnaire(questionnaire_id=made.pk, by=official)


def visit_facts(**changes):
    values = {"on": clock.today(), "visitors": "王科长", "met": "李总", "findings": "经营正常", "advice": "admit"}
    return services.VisitFacts(**values | changes)


def credit_facts(**changes):
    values = {"kind": "dishonest", "outcome": "clean", "source": "信用中国", "as_of": clock.today()}
    return services.CreditFacts(**values | changes)


# --- conditions, pure


def condition(**changes):
    values = {"code": "c", "text": "条件", "fact": "f", "test": "in", "value": ["a"], "effect": "refuse"}
    return Condition(**values | changes)


@pytest.mark.parametrize(
    ("condition", "fact", "outcome"),
    [
        (condition(), None, "unknown"),
        (condition(), Fact("a", "甲", "源"), "passed"),
        (condition(), Fact("b", "乙", "源"), "failed"),
        (condition(test="at_most", value="1"), Fact("1", "", ""), "passed"),
        (condition(test="at_most", value="1"), Fact("1.0001", "", ""), "failed"),
        (condition(test="at_least", value=2), Fact("1.9", "", ""), "failed"),
        (condition(test="at_least", value=2), Fact("很多", "", ""), "unknown"),
        (condition(test="at_least", value=2), Fact("NaN", "", ""), "unknown"),
        (condition(max_age_days=180), Fact("b", "乙", "源", TODAY - dt.timedelta(days=180)), "failed"),
        (condition(max_age_days=180), Fact("b", "乙", "源", TODAY - dt.timedelta(days=181)), "unknown"),
    ],
)
def test_a_condition_on_a_fact(condition, fact, outcome):
    (found,) = judge([condition], {"f": fact} if fact else {}, today=TODAY)

    assert found.outcome == outcome


def test_only_a_failed_condition_that_refuses_stands_against_admission():
    rows = [condition(code="a"), condition(code="b", effect="note"), condition(code="c", fact="g")]

    assert [one.code for one in refusing(judge(rows, {"f": Fact("x", "", "")}, today=TODAY))] == ["a"]


@pytest.mark.parametrize("change", [{"test": "like"}, {"effect": "maybe"}, {"unknown": 1}])
def test_a_malformed_version_is_not_read(change):
    row = {"code": "c", "text": "t", "fact": "f", "test": "in", "value": [], "effect": "note"}
    with pytest.raises((ValueError, TypeError)):
        read_conditions({"rules": [row | change]})


# --- building


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ([], "1 至 60 道题"),
        ([QuestionFacts("", "text")], "第 1 题缺少题目"),
        ([QuestionFacts("甲", "text"), QuestionFacts("乙", "guess")], "第 2 题缺少题目或者类型"),
        ([QuestionFacts("甲", "choice", ("一",))], "第 1 题是选择题"),
        ([QuestionFacts("甲", "choice", ("一", "一"))], "第 1 题是选择题"),
        ([QuestionFacts("甲", "text", ("一", "二"))], "第 1 题不是选择题"),
        ([QuestionFacts("甲", "text", code="a"), QuestionFacts("乙", "text", code="a")], "第 2 题的编码"),
        ([QuestionFacts("甲", "text", code="研发")], "第 1 题的编码"),
    ],
)
def test_a_question_that_cannot_be_asked_is_named(questions, message):
    with pytest.raises(Invalid, match=message):
        services.save_questionnaire(by=province_user(), title="问卷", intro="", questions=questions)

    assert not Questionnaire.objects.exists()


@pytest.mark.django_db
def test_a_questionnaire_is_changed_until_it_is_opened():
    official = province_user()
    made = services.save_questionnaire(by=official, title="一", intro="", questions=QUESTIONS)
    services.save_questionnaire(by=official, title="二", intro="", questions=QUESTIONS[:2], questionnaire_id=made.pk)
    services.open_questionnaire(questionnaire_id=made.pk, by=official)

    with pytest.raises(WrongState):
        services.save_questionnaire(by=official, title="三", intro="", questions=QUESTIONS, questionnaire_id=made.pk)

    made.refresh_from_db()
    assert (made.title, made.questions.count(), made.state) == ("二", 2, "open")


@pytest.mark.django_db
@pytest.mark.parametrize("user", [sme_user, holder_user, bank_user])
def test_only_officials_build_questionnaires_and_record_of_firms(user):
    other, firm = user(), sme_user().organisation
    with pytest.raises(NotAllowed):
        services.save_questionnaire(by=other, title="一", intro="", questions=QUESTIONS)
    with pytest.raises(NotAllowed):
        services.record_visit(organisation=firm, facts=visit_facts(), by=other)
    with pytest.raises(NotAllowed):
        services.record_credit_fact(organisation=firm, facts=credit_facts(), by=other)

    counts = [model.objects.count() for model in (Questionnaire, Visit, CreditFact)]
    assert counts == [0, 0, 0]


@pytest.mark.django_db
def test_a_citys_questionnaire_is_not_another_citys_to_open():
    made = services.save_questionnaire(by=city_user("370100"), title="一", intro="", questions=QUESTIONS)

    with pytest.raises(NotAllowed):
        services.open_questionnaire(questionnaire_id=made.pk, by=city_user("370200"))

    made.refresh_from_db()
    assert made.state == "draft"


# --- answering


@pytest.mark.django_db
def test_a_firms_answers_are_kept_in_one_form():
    firm = sme_user()
    asked = opened()

    made = services.answer_questionnaire(
        questionnaire_id=asked.pk, organisation=firm.organisation, answers=ANSWERS, by=firm
    )

    assert made.answers == {"rd": "yes", "q2": "1205000.00", "q3": ["研发", "设备"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rd": ""}, "rd"),
        ({"rd": "perhaps"}, "rd"),
        ({"q2": "很多"}, "q2"),
        ({"q3": ["别墅"]}, "q3"),
        ({"q3": "研发"}, "q3"),
        ({"q3": ["研发", "研发"]}, "q3"),
        ({"q4": "借用"}, "q4"),
        ({"q5": "1e9"}, "q5"),
        ({"q6": "去年"}, "q6"),
        ({"q7": "字" * 1001}, "q7"),
        ({"q8": "多余"}, "q8"),
    ],
)
def test_an_answer_that_is_none_names_its_question(change, field):
    firm, asked = sme_user(), opened()

    with pytest.raises(Invalid) as refusal:
        services.answer_questionnaire(
            questionnaire_id=asked.pk, organisation=firm.organisation, answers=ANSWERS | change, by=firm
        )

    assert refusal.value.field == field
    assert not SurveyResponse.objects.exists()


@pytest.mark.django_db
def test_an_official_fills_in_only_for_the_firm_of_a_visit():
    firm, city = sme_user().organisation, city_user("370100")
    asked = opened()
    elsewhere = sme_user(organisation__city_code="370200").organisation
    visit = services.record_visit(organisation=firm, facts=visit_facts(), by=city)

    for organisation, visit_id, error in [(firm, None, Invalid), (elsewhere, visit.pk, NotFound)]:
        with pytest.raises(error):
            services.answer_questionnaire(
                questionnaire_id=asked.pk, organisation=organisation, answers=ANSWERS, by=city, visit_id=visit_id
            )
    made = services.answer_questionnaire(
        questionnaire_id=asked.pk, organisation=firm, answers=ANSWERS, by=city, visit_id=visit.pk
    )

    assert list(SurveyResponse.objects.values_list("visit", "organisation")) == [(visit.pk, firm.pk)]
    assert made.filled_by == city


@pytest.mark.django_db
def test_a_closed_questionnaire_takes_no_answers():
    firm, official = sme_user(), province_user()
    asked = opened(official)
    services.close_questionnaire(questionnaire_id=asked.pk, by=official)

    with pytest.raises(WrongState):
        services.answer_questionnaire(
            questionnaire_id=asked.pk, organisation=firm.organisation, answers=ANSWERS, by=firm
        )


@pytest.mark.django_db
def test_a_draft_is_hidden_from_firms_and_answers_from_other_firms(client):
    firm, other, official = sme_user(), sme_user(), province_user()
    draft = services.save_questionnaire(by=official, title="草稿", intro="", questions=QUESTIONS)
    asked = opened(official)
    made = services.answer_questionnaire(
        questionnaire_id=asked.pk, organisation=firm.organisation, answers=ANSWERS, by=firm
    )
    client.force_login(other)

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(reverse("finance:survey_response", args=[made.pk])).status_code == 404
    assert firm.organisation.name not in client.get(asked.get_absolute_url()).content.decode()


# --- visits and credit


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"on": dt.date(2100, 1, 1)}, "on"),
        ({"visitors": " "}, "visitors"),
        ({"findings": ""}, "findings"),
        ({"advice": "yes"}, "advice"),
    ],
)
def test_a_visit_that_cannot_be_names_its_field(facts, field):
    firm = sme_user().organisation
    with pytest.raises(Invalid) as refusal:
        services.record_visit(organisation=firm, facts=visit_facts(**facts), by=city_user("370100"))

    assert refusal.value.field == field
    assert not Visit.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "rumour"}, "kind"),
        ({"outcome": "fine"}, "outcome"),
        ({"source": ""}, "source"),
        ({"as_of": dt.date(2100, 1, 1)}, "as_of"),
        ({"outcome": "adverse"}, "detail"),
    ],
)
def test_a_fact_of_credit_without_source_day_or_content_is_refused(facts, field):
    firm = sme_user().organisation
    with pytest.raises(Invalid) as refusal:
        services.record_credit_fact(organisation=firm, facts=credit_facts(**facts), by=city_user("370100"))

    assert refusal.value.field == field
    assert not CreditFact.objects.exists()


@pytest.mark.django_db
def test_another_citys_official_records_nothing_of_a_firm():
    firm, other = sme_user().organisation, city_user("370200")

    with pytest.raises(NotFound):
        services.record_visit(organisation=firm, facts=visit_facts(), by=other)
    with pytest.raises(NotFound):
        services.record_credit_fact(organisation=firm, facts=credit_facts(), by=other)


@pytest.mark.django_db
def test_the_database_refuses_a_bad_record_that_says_nothing():
    firm, city = sme_user().organisation, city_user("370100")
    with pytest.raises(IntegrityError, match="credit_fact_adverse_says_what"), transaction.atomic():
        CreditFact.objects.create(
            organisation=firm, kind="tax", outcome="adverse", source="税务", as_of=TODAY, recorded_by=city
        )


# --- admission


@pytest.mark.django_db
def test_an_admission_shows_each_condition_with_its_fact_source_and_day():
    load_shipped()
    firm, city = sme_user(), city_user("370100")
    organisation = firm.organisation
    organisation.revenue_amount = Decimal("6000000.00")
    organisation.save()
    ProductFactory()
    project = submitted_project(firm_user=firm)
    services.record_credit_fact(organisation=organisation, facts=credit_facts(), by=city)
    services.record_credit_fact(
        organisation=organisation,
        facts=credit_facts(kind="penalty", outcome="adverse", detail="环保罚款", source="环保局"),
        by=city,
    )
    asked = opened(city)
    services.answer_questionnaire(questionnaire_id=asked.pk, organisation=organisation, answers=ANSWERS, by=firm)

    services.admit_project(project_id=project.pk, by=city)

    project.refresh_from_db()
    today = str(clock.today())
    assert project.admission_rule == screening_rule()
    assert {row["code"]: (row["outcome"], row["fact"], row["source"], row["as_of"]) for row in project.admission} == {
        "sme": ("passed", "小型企业", "企业注册信息，按国家统计标准计算", ""),
        "dishonest": ("passed", "无不良记录", "信用中国", today),
        "loan_overdue": ("unknown", "没有数据", "", ""),
        "tax": ("unknown", "没有数据", "", ""),
        "abnormal": ("unknown", "没有数据", "", ""),
        "penalty": ("failed", "有不良记录：环保罚款", "环保局", today),
        "lawsuit": ("unknown", "没有数据", "", ""),
        "amount": ("passed", "融资金额为营业收入的 50.00%", "企业注册信息", ""),
        "visit": ("unknown", "没有数据", "", ""),
        "rd": ("passed", "是", "问卷“融资需求调查”（企业填写）", today),
    }


@pytest.mark.django_db
def test_a_bad_record_refuses_admission_until_a_newer_one_clears_it():
    load_shipped()
    firm, city = sme_user(), city_user("370100")
    ProductFactory()
    project = submitted_project(firm_user=firm)
    bad = credit_facts(outcome="adverse", detail="（2026）执1号", as_of=clock.today() - dt.timedelta(days=3))
    services.record_credit_fact(organisation=firm.organisation, facts=bad, by=city)

    with pytest.raises(Invalid, match="未列入失信被执行人名单") as refusal:
        services.admit_project(project_id=project.pk, by=city)

    project.refresh_from_db()
    assert (refusal.value.code, project.state, project.admission) == ("admission_refused", "submitted", [])
    services.record_credit_fact(organisation=firm.organisation, facts=credit_facts(), by=city)
    services.admit_project(project_id=project.pk, by=city)


# --- pages


def table_of(*questions, **more):
    data = {
        "title": "融资需求调查",
        "intro": "请如实填写",
        "questions-TOTAL_FORMS": "6",
        "questions-INITIAL_FORMS": "0",
    }
    for place, (text, kind, options) in enumerate(questions):
        row = {"text": text, "kind": kind, "options": options, "code": "", "is_required": "on"}
        data |= {f"questions-{place}-{name}": value for name, value in row.items()}
    return data | more


@pytest.mark.django_db
def test_a_questionnaire_is_built_opened_and_filled_in_on_pages(client):
    city, firm = city_user("370100"), sme_user()
    client.force_login(city)
    more = client.post(reverse("finance:questionnaire_new"), table_of(("研发投入", "money", ""), more="1"))
    assert "研发投入" in more.content.decode()
    assert not Questionnaire.objects.exists()
    client.post(
        reverse("finance:questionnaire_new"), table_of(("研发投入", "money", ""), ("场地", "choice", "自有/租赁"))
    )
    made = Questionnaire.objects.get()
    client.post(reverse("finance:questionnaire_move", args=[made.pk]), {"open": "1"})

    client.force_login(firm)
    fill = reverse("finance:questionnaire_fill", args=[made.pk])
    wrong = client.post(fill, {"q1": "很多", "q2": "自有"})
    assert (wrong.status_code, SurveyResponse.objects.count()) == (422, 0)
    client.post(fill, {"q1": "80", "q2": "自有"})

    kept = SurveyResponse.objects.get()
    assert kept.answers == {"q1": "800000.00", "q2": "自有"}
    page = client.get(reverse("finance:survey_response", args=[kept.pk])).content.decode()
    assert "80.00 万元" in page


@pytest.mark.django_db
def test_an_official_chooses_a_visit_before_filling_in(client):
    city, firm = city_user("370100"), sme_user().organisation
    asked = opened(city)
    visit = services.record_visit(organisation=firm, facts=visit_facts(), by=city)
    client.force_login(city)
    fill = reverse("finance:questionnaire_fill", args=[asked.pk])

    assert f"?visit={visit.pk}" in client.get(fill).content.decode()
    client.post(fill, ANSWERS | {"visit": visit.pk})

    assert SurveyResponse.objects.get().visit == visit


@pytest.mark.django_db
def test_a_visit_is_recorded_in_the_admin_and_a_refusal_is_told_at_its_field(client):
    city, firm = city_user("370100"), sme_user().organisation
    client.force_login(city)
    facts = {
        "organisation": firm.pk, "on": "2026-11-02", "visitors": "王", "met": "李", "findings": "正常",
        "advice": "admit",
    }  # fmt: skip

    wrong = client.post(reverse("admin:finance_visit_add"), facts | {"on": "2100-01-01"})
    assert (wrong.status_code, Visit.objects.count()) == (200, 0)
    assert "走访日期不得晚于今天" in wrong.content.decode()
    assert client.post(reverse("admin:finance_visit_add"), facts).status_code == 302

    assert list(Visit.objects.values_list("organisation", "recorded_by")) == [(firm.pk, city.pk)]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_questionnaire_list_and_page_query_count(client, django_assert_num_queries, rows):
    official = province_user()
    for _ in range(rows):
        asked = opened(official)
    for _ in range(rows):
        firm = sme_user()
        services.answer_questionnaire(
            questionnaire_id=asked.pk, organisation=firm.organisation, answers=ANSWERS, by=firm
        )
    client.force_login(official)
    client.get(reverse("finance:questionnaires"))

    with django_assert_num_queries(4):
        client.get(reverse("finance:questionnaires"))
    with django_assert_num_queries(6):
        client.get(asked.get_absolute_url())
