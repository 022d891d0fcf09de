import pytest
from django.urls import reverse

from finance.models import Project
from tests.factories.accounts import city_user, holder_user, province_user, sme_user
from tests.factories.finance import ProductFactory, admitted_project, lent_project, submitted_project

pytestmark = pytest.mark.django_db

CHANGELIST = "admin:finance_project_changelist"


@pytest.fixture
def city(client):
    user = city_user("370100")
    client.force_login(user)
    return user


def review_address(project):
    return reverse("admin:finance_project_review", args=[project.pk])


def change_address(project):
    return reverse("admin:finance_project_change", args=[project.pk])


def submitted(**fields):
    ProductFactory()
    return submitted_project(**fields)


@pytest.mark.parametrize("rows", [1, 3])
def test_project_queue_query_count(client, city, django_assert_max_num_queries, rows):
    projects = [submitted() for _ in range(rows)]
    submitted(city_code="370900")
    client.get(reverse(CHANGELIST))

    with django_assert_max_num_queries(7):
        response = client.get(reverse(CHANGELIST), {"state__exact": "submitted"})

    assert list(response.context["cl"].result_list) == projects[::-1]


def test_change_page_shows_the_screening_the_firm_and_the_products(client, city):
    project = submitted()

    page = client.get(change_address(project)).content.decode()

    assert "出质人与登记的专利权人不一致" in page
    assert "小型" in page
    assert project.recipients.get().name in page
    assert review_address(project) in page


def test_review_admits_with_an_opinion(client, city):
    project = submitted()

    response = client.post(review_address(project), {"decision": "approve", "note": "同意"})

    project.refresh_from_db()
    assert response.url == change_address(project)
    assert (project.state, project.review_note) == ("admitted", "同意")


def test_review_gives_back_with_an_opinion(client, city):
    project = submitted()

    client.post(review_address(project), {"decision": "give_back", "note": "请补充"})

    project.refresh_from_db()
    assert (project.state, project.review_note) == ("returned", "请补充")


@pytest.mark.parametrize(
    ("answer", "field"), [({"decision": "give_back", "note": " "}, "note"), ({"note": "同意"}, "decision")]
)
def test_review_names_the_field_at_fault(client, city, answer, field):
    project = submitted()

    response = client.post(review_address(project), answer)

    project.refresh_from_db()
    assert list(response.context["form"].errors) == [field]
    assert project.state == "submitted"


def test_review_shows_why_the_screening_refuses(client, city):
    project = submitted()
    project.patents.update(legal_status="expired")

    response = client.post(review_address(project), {"decision": "approve"})

    project.refresh_from_db()
    assert "专利权已终止或者已被宣告无效" in response.context["form"].non_field_errors()[0]
    assert project.state == "submitted"


def test_the_screening_stays_as_it_was_at_admission(client, city):
    project = admitted_project()
    project.patents.update(legal_status="expired")

    page = client.get(change_address(project)).content.decode()

    assert "法律状态：有效" in page


@pytest.mark.parametrize("address", [review_address, change_address])
def test_a_project_of_another_city_is_not_found(client, city, address):
    project = submitted(city_code="370900")

    assert client.get(address(project)).status_code == 404
    assert client.post(address(project), {"decision": "approve"}).status_code in (403, 404)
    project.refresh_from_db()
    assert project.state == "submitted"


def test_the_province_looks_and_does_not_decide(client):
    project = submitted()
    client.force_login(province_user())

    assert client.get(change_address(project)).status_code == 200
    assert client.post(review_address(project), {"decision": "approve"}).status_code == 403
    project.refresh_from_db()
    assert project.state == "submitted"


@pytest.mark.parametrize("make", [sme_user, holder_user])
def test_the_admin_is_for_officials(client, make):
    client.force_login(make())

    assert client.get(reverse(CHANGELIST)).status_code in (302, 403)


def test_selected_projects_are_admitted_and_each_refusal_is_told(client, city):
    good, bad = submitted(), submitted()
    bad.patents.update(legal_status="expired")

    response = client.post(
        reverse(CHANGELIST),
        {"action": "admit_selected", "_selected_action": [good.pk, bad.pk]},
        follow=True,
    )

    told = [str(message) for message in response.context["messages"]]
    assert dict(Project.objects.values_list("pk", "state")) == {good.pk: "admitted", bad.pk: "submitted"}
    assert len(told) == 2
    assert "专利权已终止或者已被宣告无效" in told[0]
    assert told[1] == "已入库：1 项。"


def test_selected_projects_are_pushed_to_new_institutions(client, city):
    project = admitted_project()
    fresh = ProductFactory()
    project.recipients.add(fresh.institution)

    client.post(reverse(CHANGELIST), {"action": "push_selected", "_selected_action": [project.pk]})

    assert project.placements.filter(institution=fresh.institution).count() == 1


@pytest.mark.parametrize("model", ["placement", "loan"])
def test_answers_are_read_only_and_of_the_city_alone(client, model):
    project, _ = lent_project()
    rows = {"placement": project.placements.get().pk, "loan": project.placements.get().loan.pk}
    address = reverse(f"admin:finance_{model}_change", args=[rows[model]])
    client.force_login(city_user("370100"))
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 403
    client.force_login(city_user("370900"))
    assert client.get(address).status_code == 404
    listed = client.get(reverse(f"admin:finance_{model}_changelist"))
    assert list(listed.context["cl"].result_list) == []


def test_products_are_kept_by_the_province(client):
    product = ProductFactory()
    address = reverse("admin:finance_product_change", args=[product.pk])
    client.force_login(city_user())
    assert client.post(address, {"name": "别名"}).status_code == 403
    client.force_login(province_user())
    values = {
        "institution": product.institution_id, "name": "知保通", "min_amount": "100000", "max_amount": "5000000",
        "max_term_months": "24", "annual_rate": "0.038", "is_active": "on",
        "cities": ["370100"],
    }  # fmt: skip

    client.post(address, values)

    product.refresh_from_db()
    assert (product.name, product.cities, product.size_classes) == ("知保通", ["370100"], [])
