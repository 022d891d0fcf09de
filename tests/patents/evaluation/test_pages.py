"""Pages and admin of evaluations: who sees what, how many queries, what is refused."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patents.models import Assessment, Evaluation, EvaluationTable, ExpertTask, HighValueEvidence
from patents.services import evaluation as services
from portal import clock
from tests.factories.accounts import city_user, finance_user, holder_user, province_user, sme_user
from tests.factories.evaluation import asked, judged, opened, owner_scored, values
from tests.factories.licences import own_patent
from tests.patents.evaluation.test_policy import SMALL

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_count(client, django_assert_num_queries, rows):
    holder = holder_user()
    mine = [owner_scored(holder=holder)[0] for _ in range(rows)]
    opened()
    client.force_login(holder)
    client.get(reverse("patents:evaluations"))

    with django_assert_num_queries(5):
        response = client.get(reverse("patents:evaluations"))

    assert [row["evaluation"] for row in response.context["rows"]] == mine[::-1]


@pytest.mark.parametrize("rows", [1, 3])
def test_round_query_count(client, django_assert_num_queries, rows):
    evaluation, holder = owner_scored()
    for _ in range(rows):
        judged(evaluation)
    client.force_login(holder)
    client.get(evaluation.get_absolute_url())

    with django_assert_num_queries(7):
        response = client.get(evaluation.get_absolute_url())

    assert len(response.context["assessments"]) == rows + 2


@pytest.mark.parametrize("rows", [1, 3])
def test_patent_page_query_count(client, django_assert_num_queries, rows):
    holder = holder_user()
    patent = own_patent(holder)
    for _ in range(rows):
        evaluation, _ = owner_scored(holder=holder, patent=patent)
        services.close_evaluation(ref=evaluation.ref, by=holder)
    address = reverse("patents:detail", args=[patent.address])
    client.get(address)

    with django_assert_num_queries(18):
        response = client.get(address)

    assert len(response.context["closed_evaluations"]) == rows


@pytest.mark.parametrize("model", ["evaluation", "highvalueevidence", "evaluationtable"])
@pytest.mark.parametrize("rows", [1, 3])
def test_admin_list_query_count(client, django_assert_max_num_queries, model, rows):
    for _ in range(rows):
        evaluation, holder = opened()
        services.add_award(
            patent_id=evaluation.patent_id,
            by=holder,
            kind="state_award",
            name="奖",
            dated_on=clock.today(),
            document="文",
        )
    client.force_login(province_user())
    address = reverse(f"admin:patents_{model}_changelist")
    client.get(address)

    with django_assert_max_num_queries(7):
        response = client.get(address)

    assert response.status_code == 200


def test_who_sees_a_round(client):
    evaluation, holder = opened()
    expert = asked(evaluation, sme_user())
    answers = []

    for user in (sme_user(), holder_user(), city_user("370900"), finance_user(), holder, expert, province_user()):
        client.force_login(user)
        answers.append(client.get(evaluation.get_absolute_url()).status_code)

    assert answers == [404, 404, 404, 403, 200, 200, 200]


def test_an_expert_sees_nobody_elses_values(client):
    evaluation, _ = owner_scored()
    judged(evaluation)
    expert = asked(evaluation)
    client.force_login(expert)

    before = client.get(evaluation.get_absolute_url()).context
    judged_page = reverse("patents:judge_evaluation", args=[evaluation.ref])
    given = dict.fromkeys(values(evaluation), "5") | {"opinion": "可实施。", "has_no_conflict": "on"}
    client.post(judged_page, given)
    after = client.get(evaluation.get_absolute_url()).context

    assert (before["assessments"], before["tasks"]) == ([], [])
    assert [row.assessor for row in after["assessments"]] == [expert]
    services.close_evaluation(ref=evaluation.ref, by=province_user(), note="")
    closed = client.get(evaluation.get_absolute_url()).context
    assert [(label, len(rows)) for label, rows in closed["by_scorer"]] == [
        ("平台按规则计算", 1), ("权利人自评", 1), ("专家评价", 2),
    ]  # fmt: skip
    assert [row.assessor for row in closed["assessments"]] == [expert]


def test_a_holder_opens_scores_and_closes(client):
    holder = holder_user()
    patent = own_patent(holder)
    client.force_login(holder)

    client.post(
        reverse("patents:open_evaluation", args=[patent.address]), {"table_and_scene": "PVD-2012|licence_transfer"}
    )
    evaluation = Evaluation.objects.get()
    address = reverse("patents:score_evaluation", args=[evaluation.ref])
    refused = client.post(address, {"T1": "11"})
    client.post(address, dict.fromkeys(values(evaluation), "6"))
    client.post(reverse("patents:close_evaluation", args=[evaluation.ref]), {"note": ""})

    evaluation.refresh_from_db()
    public = text_of(client.get(reverse("patents:detail", args=[patent.address])))
    assert refused.status_code == 422
    assert refused.context["form"].errors["T1"] == ["确保该值小于或等于10。"]
    assert evaluation.state == "closed"
    assert "权利人自评" in public
    assert "各方得分不合并平均" in public


def test_scoring_form_shows_the_facts_of_what_the_portal_filled(client):
    evaluation, holder = opened()
    client.force_login(holder)

    page = text_of(client.get(reverse("patents:score_evaluation", args=[evaluation.ref])))

    assert "没有登记海外同族" in page
    assert 'name="L6"' not in page
    assert 'name="T1"' in page


def test_opening_page_says_what_is_unconfirmed(client):
    holder = holder_user()
    patent = own_patent(holder)
    client.force_login(holder)

    page = text_of(client.get(reverse("patents:open_evaluation", args=[patent.address])))

    assert "平台未读到原文，不作编造" in page
    assert "各项权重、分档值和三个场景的权重由平台拟定，未经确认" in page


def test_high_value_page_names_facts_and_takes_awards(client):
    holder = holder_user()
    patent = own_patent(holder, main_class="H01M10/052")
    address = reverse("patents:high_value", args=[patent.address])
    public = client.get(address)
    client.force_login(holder)

    client.post(
        address, {"kind": "state_award", "name": "国家技术发明奖二等奖", "dated_on": "2024-06-24", "document": "国奖"}
    )
    mine = text_of(client.get(address))
    client.logout()

    assert "分类号 H01M10/052 对应战略性新兴产业 5.2" in text_of(public)
    assert "未经确认" in text_of(public)
    assert public.context["form"] is None
    assert "国家技术发明奖二等奖" in mine
    assert "国家技术发明奖二等奖" not in text_of(client.get(address))
    assert client.post(address, {}).context["form"] is None
    assert HighValueEvidence.objects.count() == 1


def test_recusing_on_the_page(client):
    evaluation, _ = opened()
    expert = asked(evaluation)
    client.force_login(expert)

    client.post(reverse("patents:recuse_evaluation", args=[evaluation.ref]), {"reason": "合作过"})

    assert list(ExpertTask.objects.values_list("state", "reason")) == [("recused", "合作过")]


def test_official_asks_scores_again_and_closes_in_the_admin(client):
    evaluation, holder = owner_scored()
    expert = holder_user()
    client.force_login(city_user(holder.organisation.city_code))
    address = reverse("admin:patents_evaluation_handle", args=[evaluation.pk])

    client.post(address, {"step": "expert", "expert-username": expert.username})
    client.post(address, {"step": "rule", "rule-note": ""})
    services.recuse_expert(ref=evaluation.ref, by=expert, reason="忙")
    client.post(address, {"step": "close", "close-note": "公开"})

    evaluation.refresh_from_db()
    assert (evaluation.state, Assessment.objects.filter(scorer="rule").count()) == ("closed", 2)


def test_official_confirms_evidence_in_the_admin(client):
    holder = holder_user()
    award = services.add_award(
        patent_id=own_patent(holder).pk, by=holder, kind="state_award", name="奖", dated_on=clock.today(), document="文"
    )
    client.force_login(province_user())
    address = reverse("admin:patents_highvalueevidence_handle", args=[award.pk])

    client.post(address, {"step": "refuse", "refuse-note": ""})
    award.refresh_from_db()
    before = award.state
    client.post(address, {"step": "confirm", "confirm-note": ""})

    award.refresh_from_db()
    assert (before, award.state) == ("waiting", "confirmed")


def test_table_is_drafted_and_approved_in_the_admin(client):
    by, other = province_user(), province_user()
    client.force_login(by)
    file = SimpleUploadedFile("table.json", json.dumps(SMALL).encode())
    head = {"code": "T-9", "title": "试验", "source": "试验", "confidence": "0.5", "in_force_from": "2024-01-01"}

    client.post(reverse("admin:patents_evaluationtable_draft"), head | {"file": file})
    table = EvaluationTable.objects.get(code="T-9")
    approve = reverse("admin:patents_evaluationtable_approve", args=[table.pk])
    client.post(approve)
    table.refresh_from_db()
    before = table.state
    client.force_login(other)
    asked_first = client.get(approve).status_code
    client.post(approve)

    table.refresh_from_db()
    assert (before, asked_first, table.state, table.approved_by) == ("draft", 200, "in_force", other)


def test_a_bad_file_is_named_and_nothing_is_kept(client):
    client.force_login(province_user())
    count = EvaluationTable.objects.count()
    file = SimpleUploadedFile("table.csv", "类别,名称\n指标,甲\n".encode())
    head = {"code": "T-9", "title": "试验", "source": "试验", "confidence": "0.5", "in_force_from": "2024-01-01"}

    response = client.post(reverse("admin:patents_evaluationtable_draft"), head | {"file": file})

    assert "第 1 行缺少列" in text_of(response)
    assert EvaluationTable.objects.count() == count


@pytest.mark.parametrize("model", ["evaluationtable"])
def test_city_has_no_tables(client, model):
    client.force_login(city_user())

    assert client.get(reverse(f"admin:patents_{model}_changelist")).status_code == 403
