"""Pages and admin of open licences: who sees what, how many queries, what is refused."""

from decimal import Decimal

import pytest
from django.urls import reverse

from patents import services
from patents.models import Acceptance, OpenLicence
from portal import clock
from tests.factories.accounts import city_user, finance_user, holder_user, province_user, sme_user
from tests.factories.licences import NOTICE_TEXT, accepted, drafted, own_patent, published, submitted

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


def filled_in(**changes):
    today = clock.today()
    values = {
        "payment_kind": "two_tier",
        "fixed_amount": "5",
        "royalty_base": "net_sales",
        "royalty_rate": "3",
        "settlement": "half_year",
        "owner_name": "齐鲁试验大学",
        "payment_way": "汇入本单位账户。",
        "licence_from": str(today),
        "licence_to": str(today.replace(year=today.year + 2, day=1)),
        "other_matters": "无",
    }
    return values | changes


@pytest.mark.parametrize("rows", [1, 3])
def test_public_list_query_count(client, django_assert_num_queries, rows):
    licences = [published()[0] for _ in range(rows)]
    submitted()

    with django_assert_num_queries(2):
        response = client.get(reverse("patents:open_licences"))

    assert list(response.context["page"]) == licences[::-1]


def test_public_list_narrows(client):
    here, _ = published()
    holder = holder_user()
    published(holder, own_patent(holder, title="水杯"))

    found = client.get(reverse("patents:open_licences"), {"q": here.patent.title, "kind": "two_tier", "city": "x"})

    assert list(found.context["page"]) == [here]


@pytest.mark.parametrize("rows", [1, 3])
def test_holder_list_query_count(client, django_assert_num_queries, rows):
    holder = holder_user()
    licences = [drafted(holder)[0] for _ in range(rows)]
    drafted()
    client.force_login(holder)
    client.get(reverse("patents:my_open_licences"))

    with django_assert_num_queries(5):
        response = client.get(reverse("patents:my_open_licences"))

    assert list(response.context["page"]) == licences[::-1]


@pytest.mark.parametrize("rows", [1, 3])
def test_acceptance_list_query_count(client, django_assert_num_queries, rows):
    firm = sme_user()
    mine = [accepted(firm=firm)[0] for _ in range(rows)]
    accepted()
    client.force_login(firm)
    client.get(reverse("patents:acceptances"))

    with django_assert_num_queries(4):
        response = client.get(reverse("patents:acceptances"))

    assert list(response.context["page"]) == mine[::-1]


@pytest.mark.parametrize("rows", [1, 3])
def test_licence_page_query_count(client, django_assert_num_queries, rows):
    licence, holder = published()
    for _ in range(rows):
        accepted(licence)
    client.force_login(holder)
    client.get(licence.get_absolute_url())

    with django_assert_num_queries(6):
        response = client.get(licence.get_absolute_url())

    assert len(response.context["accepted"]) == rows


@pytest.mark.parametrize("model", ["openlicence", "acceptance"])
@pytest.mark.parametrize("rows", [1, 3])
def test_admin_list_query_count(client, django_assert_max_num_queries, model, rows):
    for _ in range(rows):
        accepted()
    client.force_login(province_user())
    address = reverse(f"admin:patents_{model}_changelist")
    client.get(address)

    with django_assert_max_num_queries(7):
        response = client.get(address)

    assert len(response.context["cl"].result_list) == rows


def test_a_draft_is_not_there_for_others(client):
    draft, holder = drafted()
    answers = []

    for user in (None, sme_user(), holder_user(), city_user("370900"), holder):
        client.logout()
        if user:
            client.force_login(user)
        answers.append(client.get(draft.get_absolute_url()).status_code)

    assert answers == [404, 404, 404, 404, 200]


def test_an_acceptance_is_there_for_its_sides_only(client):
    acceptance, firm = accepted()
    holder_city = city_user(acceptance.open_licence.holder.city_code)
    answers = []

    for user in (sme_user(), holder_user(), city_user("370900"), holder_city, firm, province_user()):
        client.force_login(user)
        answers.append(client.get(acceptance.get_absolute_url()).status_code)

    assert answers == [404, 404, 404, 200, 200, 200]


def test_a_holder_declares_in_two_steps(client):
    holder = holder_user()
    patent = own_patent(holder)
    client.force_login(holder)

    first = client.post(reverse("patents:declare_open_licence", args=[patent.address]), filled_in())
    licence = OpenLicence.objects.get()
    checked = client.get(first.url)
    done = client.post(first.url, {})

    licence.refresh_from_db()
    assert first.url == reverse("patents:submit_open_licence", args=[licence.ref])
    assert (checked.context["warnings"], checked.context["blocks"]) == ([], [])
    assert (done.url, licence.state) == (licence.get_absolute_url(), "submitted")
    assert (licence.fixed_amount, licence.royalty_rate) == (Decimal("50000.00"), Decimal("0.030000"))


def test_a_wrong_field_is_named_and_nothing_is_kept(client):
    holder = holder_user()
    patent = own_patent(holder)
    client.force_login(holder)

    response = client.post(
        reverse("patents:declare_open_licence", args=[patent.address]), filled_in(payment_kind="one_off")
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {"royalty_rate": ["“一次总付”不填写提成比例。"]}
    assert OpenLicence.objects.count() == 0


def test_a_patent_of_another_holder_is_not_there(client):
    patent = own_patent(holder_user())
    client.force_login(holder_user())

    assert client.get(reverse("patents:declare_open_licence", args=[patent.address])).status_code == 404


def test_warnings_are_shown_and_must_be_confirmed(client):
    licence, holder = drafted(other_matters="国内领先")
    client.force_login(holder)
    address = reverse("patents:submit_open_licence", args=[licence.ref])

    refused = client.post(address, {})
    client.post(address, {"is_aware_of_warnings": "on"})

    licence.refresh_from_db()
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["is_aware_of_warnings"])
    assert "“其他需要说明的事项”中的“国内领先”可能是商业性宣传用语" in text_of(refused)
    assert licence.state == "submitted"


def test_a_firm_accepts_on_the_page(client):
    licence, _ = published()
    client.force_login(sme_user())
    address = reverse("patents:accept_open_licence", args=[licence.ref])
    today = str(clock.today())
    given = {"text": NOTICE_TEXT, "given_on": today, "paid_on": today, "payment_number": "HK-1"}

    refused = client.post(address, given | {"paid_amount": "1.00"})
    done = client.post(address, given | {"paid_amount": "50000.00"})

    acceptance = Acceptance.objects.get()
    assert refused.context["form"].errors == {
        "paid_amount": ["按公告的支付方式，此时应付 50,000.00 元，填写的是 1.00 元。"]
    }
    assert done.url == acceptance.get_absolute_url()


def test_the_page_shows_both_states(client):
    licence, holder = published()
    services.record_cnipa_step(ref=licence.ref, by=holder, state="declared", done_on=clock.today(), number="SM-2026-7")

    page = text_of(client.get(licence.get_absolute_url()))

    assert "已登记公开" in page
    assert "已向国家知识产权局提交声明" in page
    assert "SM-2026-7" in page
    assert "互不代替" in page


def test_holder_withdraws_records_and_states_on_pages(client):
    licence, holder = published()
    client.force_login(holder)
    today = str(clock.today())

    client.post(
        reverse("patents:record_cnipa_step", args=[licence.ref]),
        {"state": "declared", "done_on": today, "number": "SM-1"},
    )
    client.post(reverse("patents:encumber_open_licence", args=[licence.ref]), {"stated_overlays": ["frozen"]})
    client.post(reverse("patents:withdraw_open_licence", args=[licence.ref]), {"reason": "拟转让"})

    licence.refresh_from_db()
    kept = (licence.cnipa_state, licence.stated_overlays, licence.state, licence.withdrawal_reason)
    assert kept == ("declared", ["frozen"], "withdrawn", "拟转让")


def test_record_and_payment_on_the_page(client):
    acceptance, firm = accepted()
    client.force_login(firm)
    address = reverse("patents:record_acceptance", args=[acceptance.ref])

    client.post(address, {"recorded_on": "spoon", "record_number": "BA-1"})
    acceptance.refresh_from_db()
    before = acceptance.state
    client.post(address, {"recorded_on": str(clock.today()), "record_number": "BA-1"})
    acceptance.refresh_from_db()
    refused = client.post(reverse("patents:confirm_payment", args=[acceptance.ref]), {})

    assert (before, acceptance.state, acceptance.record_number) == ("effective", "recorded", "BA-1")
    assert refused.status_code == 403


def test_patent_page_shows_the_open_licence(client):
    licence, _ = published()

    page = text_of(client.get(reverse("patents:detail", args=[licence.patent.address])))

    assert licence.get_absolute_url() in page


def test_calculator_answers_with_a_table(client):
    given = {
        "payment_kind": "two_tier", "fixed_amount": "5", "royalty_base": "net_sales", "royalty_rate": "3",
        "settlement": "half_year", "minimum_year_amount": "1", "cap_total_amount": "30", "sales_1": "400",
        "sales_2": "500", "sales_3": "500",
    }  # fmt: skip

    response = client.get(reverse("patents:open_licence_calculator"), given)

    table = response.context["table"]
    assert [str(year.due_amount) for year in table.years] == ["170000.00", "130000.00", "0.00"]
    assert "170,000.00" in text_of(response)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"payment_kind": "one_off", "fixed_amount": "5"}, "sales_1"),
        ({"payment_kind": "one_off", "sales_1": "5"}, "fixed_amount"),
        ({"payment_kind": "royalty", "royalty_rate": "101", "sales_1": "5"}, "royalty_rate"),
        ({"payment_kind": "one_off", "fixed_amount": "5", "sales_1": "-5"}, "sales_1"),
        ({"payment_kind": "spoon", "sales_1": "5"}, "payment_kind"),
        ({"payment_kind": "one_off", "fixed_amount": "五", "sales_1": "5"}, "fixed_amount"),
    ],
)
def test_calculator_names_what_is_wrong(client, given, field):
    response = client.get(reverse("patents:open_licence_calculator"), given)

    assert (response.status_code, next(iter(response.context["form"].errors))) == (422, field)
    assert response.context["table"] is None


def test_calculator_takes_over_public_terms(client):
    licence, _ = published()

    page = text_of(client.get(reverse("patents:open_licence_calculator"), {"licence": licence.ref}))

    assert 'name="fixed_amount" value="5"' in page
    assert 'name="royalty_rate" value="3"' in page


def test_city_reviews_in_the_admin(client):
    licence, holder = submitted(other_matters="国内领先")
    client.force_login(city_user(holder.organisation.city_code))
    address = reverse("admin:patents_openlicence_review", args=[licence.pk])

    page = text_of(client.get(address))
    client.post(address, {"decision": "approve", "note": "同意"})

    licence.refresh_from_db()
    assert "可能是商业性宣传用语" in page
    assert licence.state == "published"


def test_official_records_cnipa_and_obstacle_in_the_admin(client):
    licence, _ = published()
    client.force_login(province_user())
    address = reverse("admin:patents_openlicence_handle", args=[licence.pk])

    client.post(
        address,
        {"step": "cnipa", "cnipa-state": "declared", "cnipa-done_on": str(clock.today()), "cnipa-number": "SM-1"},
    )
    client.post(address, {"step": "obstacle", "obstacle-obstacle": "无效宣告请求审理中"})

    licence.refresh_from_db()
    assert (licence.cnipa_state, licence.obstacle) == ("declared", "无效宣告请求审理中")


def test_admin_of_another_city_and_of_finance(client):
    licence, _ = submitted()
    address = reverse("admin:patents_openlicence_change", args=[licence.pk])
    client.force_login(city_user("370900"))
    other_city = client.get(address).status_code
    client.force_login(finance_user())

    assert (other_city, client.get(address).status_code) == (404, 403)


def test_admin_shows_the_clock(client):
    acceptance, _ = accepted()
    left = (acceptance.record_due_on - clock.today()).days
    client.force_login(province_user())

    page = text_of(client.get(reverse("admin:patents_acceptance_changelist")))

    assert f"{left} 天" in page
