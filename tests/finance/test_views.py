from decimal import Decimal

import pytest
from django.urls import reverse

from finance import services
from finance.models import Project
from portal.outbox.models import Delivery, Endpoint
from tests.factories.accounts import UserFactory, bank_user, city_user, holder_user, province_user, sme_user
from tests.factories.finance import (
    LOAN_FACTS,
    REPAYMENT_FACTS,
    ProductFactory,
    ProjectFactory,
    admitted_project,
    answer,
    lent_project,
    submitted_project,
)
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(client):
    user = sme_user()
    client.force_login(user)
    return user


def text_of(response):
    return response.content.decode()


def filled_in(firm, **changes):
    patent = PatentFactory(holder=firm.organisation)
    product = ProductFactory()
    values = {
        "amount": "300",
        "term_months": "12",
        "purpose": "采购原材料",
        "patents": [patent.pk],
        "recipients": [product.institution_id],
        "consent": "on",
    }
    return values | changes


@pytest.mark.parametrize("rows", [1, 3])
def test_project_list_query_count(client, firm, django_assert_num_queries, rows):
    projects = [ProjectFactory(organisation=firm.organisation) for _ in range(rows)]
    ProjectFactory()
    client.get(reverse("finance:list"))

    with django_assert_num_queries(4):
        response = client.get(reverse("finance:list"))

    assert [project.ref for project in response.context["page"]] == [project.ref for project in reversed(projects)]


def test_project_list_is_empty_with_a_next_step(client, firm):
    assert "还没有融资项目" in text_of(client.get(reverse("finance:list")))


@pytest.mark.parametrize("page", ["list", "new"])
def test_pages_are_for_firms(client, page):
    assert client.get(reverse(f"finance:{page}")).status_code == 302
    for user in (holder_user(), city_user(), province_user(), bank_user()):
        client.force_login(user)
        assert client.get(reverse(f"finance:{page}")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_form_shows_own_patents_at_a_fixed_query_count(client, firm, django_assert_num_queries, rows):
    own = PatentFactory.create_batch(rows, holder=firm.organisation)
    other = PatentFactory()
    client.get(reverse("finance:new"))

    with django_assert_num_queries(5):
        page = text_of(client.get(reverse("finance:new")))

    assert all(patent.display_number in page for patent in own)
    assert other.display_number not in page


def test_form_hands_a_project_in(client, firm):
    response = client.post(reverse("finance:new"), filled_in(firm) | {"submit": "1"})

    project = Project.objects.get()
    assert response.url == reverse("finance:project", args=[project.ref])
    assert (project.state, project.amount, project.term_months) == ("submitted", Decimal("3000000.00"), 12)


@pytest.mark.parametrize(
    ("written", "amount"),
    [("300", "3000000.00"), ("300万元", "3000000.00"), ("3,000,000元", "3000000.00"), ("0.03亿", "3000000.00")],
)
def test_form_takes_amounts_in_the_units_people_write(client, firm, written, amount):
    client.post(reverse("finance:new"), filled_in(firm, amount=written) | {"save": "1"})

    assert Project.objects.get().amount == Decimal(amount)


def test_form_keeps_a_draft_without_consent(client, firm):
    values = filled_in(firm, recipients=[]) | {"save": "1"}
    del values["consent"]

    client.post(reverse("finance:new"), values)

    assert Project.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("amount", "很多", "不是金额"),
        ("amount", "0", "应大于零"),
        ("amount", "99999999", "请核对单位"),
        ("term_months", "0", "大于或等于1"),
        ("term_months", "121", "小于或等于120"),
        ("purpose", "", "必填"),
        ("patents", [], "至少选择一件专利"),
        ("recipients", [], "至少选择一家金融机构"),
        ("consent", "", "勾选同意"),
    ],
)
def test_form_names_the_field_at_fault(client, firm, field, value, words):
    response = client.post(reverse("finance:new"), filled_in(firm, **{field: value}) | {"submit": "1"})

    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert "<title>错误：" in text_of(response)
    assert not Project.objects.exists()


def test_form_refuses_a_patent_of_another(client, firm):
    other = PatentFactory(holder=sme_user().organisation)

    response = client.post(reverse("finance:new"), filled_in(firm, patents=[other.pk]) | {"submit": "1"})

    assert response.context["form"].errors == {"patents": ["只能选择登记在本企业名下的专利。"]}
    assert other.display_number not in text_of(response)


def test_looking_for_patents_keeps_what_is_filled_in(client, firm):
    chosen = PatentFactory(holder=firm.organisation, title="渗碳淬火方法")
    found = PatentFactory(holder=firm.organisation, title="磨齿夹具")
    hidden = PatentFactory(holder=firm.organisation, title="污水处理装置")
    values = filled_in(firm, patents=[chosen.pk], patent_words="夹具", amount="不是数", search="1")
    del values["consent"]

    response = client.post(reverse("finance:new"), values)

    page = text_of(response)
    assert response.context["form"].errors == {}
    assert 'value="不是数"' in page
    assert f'value="{chosen.pk}"' in page
    assert "磨齿夹具" in page
    assert found.display_number in page
    assert hidden.display_number not in page
    assert not Project.objects.exists()


def test_a_returned_project_is_changed_and_handed_in_again(client, firm):
    ProductFactory()
    project = submitted_project(firm_user=firm)
    services.return_project(project_id=project.pk, by=city_user(project.city_code), note="请写明用途")
    address = reverse("finance:edit", args=[project.ref])
    assert "请写明用途" in text_of(client.get(address))

    client.post(address, filled_in(firm, purpose="购买磨齿机") | {"submit": "1"})

    project.refresh_from_db()
    assert (project.state, project.purpose, project.review_note) == ("submitted", "购买磨齿机", "")


def test_a_project_out_of_hand_is_not_changed(client, firm):
    ProductFactory()
    project = submitted_project(firm_user=firm)

    response = client.post(reverse("finance:edit", args=[project.ref]), filled_in(firm, purpose="别的") | {"save": "1"})

    project.refresh_from_db()
    assert response.url == project.get_absolute_url()
    assert project.purpose == "采购原材料"


@pytest.mark.parametrize("page", ["project", "edit", "close"])
def test_a_project_of_another_firm_is_not_found(client, firm, page):
    project = ProjectFactory()

    response = client.post(reverse(f"finance:{page}", args=[project.ref]))

    assert response.status_code == 404
    project.refresh_from_db()
    assert project.state == "draft"


@pytest.mark.parametrize("banks", [1, 3])
def test_detail_page_query_count(client, firm, django_assert_num_queries, banks):
    project = admitted_project(firm_user=firm, banks=[bank_user() for _ in range(banks)])
    client.get(project.get_absolute_url())

    with django_assert_num_queries(22):
        response = client.get(project.get_absolute_url())

    assert len(response.context["placements"]) == banks


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("pending", "发送中"),
        ("sending", "发送中"),
        ("delivered", "机构已收到"),
        ("retrying", "失败重试中"),
        ("dead", "发送失败，平台正在处理"),
    ],
)
def test_detail_page_says_how_far_the_push_has_come(client, firm, state, word):
    bank = bank_user()
    Endpoint.objects.create(organisation=bank.organisation, url="https://bank.example/hook", secret_encrypted="x")
    project = admitted_project(firm_user=firm, banks=[bank])
    Delivery.objects.filter(endpoint__isnull=False).update(state=state)

    response = client.get(project.get_absolute_url())

    assert [placement.status_word for placement in response.context["placements"]] == [word]


def test_detail_page_without_endpoint_says_the_bank_asks_for_itself(client, firm):
    project = admitted_project(firm_user=firm)

    response = client.get(project.get_absolute_url())

    assert response.context["placements"][0].status_word == "待机构通过接口查询"


def test_detail_page_shows_answers_reasons_and_the_loan(client, firm):
    lender, refusing, waiting = bank_user(), bank_user(), bank_user()
    project = admitted_project(firm_user=firm, banks=[lender, refusing, waiting])
    answer(project, refusing, "refuse", reason="负债率过高")
    answer(project, lender, "accept")
    answer(project, lender, "lend", **LOAN_FACTS)
    answer(project, lender, "repay", **REPAYMENT_FACTS)

    response = client.get(project.get_absolute_url())

    page = text_of(response)
    assert [placement.status_word for placement in response.context["placements"]] == ["已答复", "已答复", "已撤回"]
    assert "负债率过高" in page
    assert "HT-2024-001" in page
    assert "3.65 %" in page
    assert [step["state"] for step in response.context["steps"]] == ["done"] * 5


def test_detail_page_warns_of_grounds_before_the_review(client, firm):
    project = ProjectFactory(organisation=firm.organisation)
    project.patents.update(legal_status="valid_fee_grace")

    page = text_of(client.get(project.get_absolute_url()))

    assert "专利权处于年费缴纳滞纳期" in page
    assert "年费滞纳期内，请先补缴年费" in page


def test_close_takes_the_project_back(client, firm):
    project = admitted_project(firm_user=firm)

    response = client.post(reverse("finance:close", args=[project.ref]), follow=True)

    project.refresh_from_db()
    assert project.state == "closed"
    assert "本项目已撤回" in text_of(response)


def test_close_after_the_loan_is_refused_in_words(client):
    project, _ = lent_project()
    client.force_login(UserFactory(role="sme", organisation=project.organisation))

    response = client.post(reverse("finance:close", args=[project.ref]), follow=True)

    project.refresh_from_db()
    assert project.state == "lent"
    assert [str(message) for message in response.context["messages"]] == ["当前状态为“已放款”，不能变更为“已结束”。"]


def test_close_needs_a_post(client, firm):
    project = ProjectFactory(organisation=firm.organisation)

    assert client.get(reverse("finance:close", args=[project.ref])).status_code == 405
