"""Sign-up of organisations and its review."""

import pytest
from django.test import Client

from portal.accounts import services
from portal.accounts.models import Organisation, User
from portal.audit.models import AuditEntry
from portal.errors import ServiceError
from portal.outbox.models import Event
from tests.factories.accounts import PASSWORD, OrganisationFactory, city_user, sme_user, valid_uscc

pytestmark = pytest.mark.django_db

FORM = {
    "kind": "sme",
    "name": "试验轴承有限公司",
    "uscc": valid_uscc(7),
    "city_code": "370100",
    "industry_code": "C3451",
    "employee_count": "120",
    "revenue_amount": "5000",
    "contact_name": "周经理",
    "contact_phone": "13800000000",
    "username": "bearing-firm",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "consent": "on",
}


def register(client, **changes):
    return client.post("/accounts/register/", FORM | changes)


def sign_in(client, username="bearing-firm", password=PASSWORD):
    return client.post("/accounts/login/", {"username": username, "password": password})


@pytest.fixture
def pending(client):
    register(client)
    return Organisation.objects.get(uscc=FORM["uscc"])


def test_registered_firm_waits_for_its_city(pending):
    user = User.objects.get(username="bearing-firm")

    assert (pending.state, pending.kind, pending.city_code, pending.size_class) == ("pending", "sme", "370100", "small")
    assert (user.role, user.organisation, user.is_active) == ("sme", pending, False)
    assert list(Event.objects.values_list("name", flat=True)) == ["accounts.organisation.registered"]
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["单位注册"]


def test_nobody_signs_in_before_approval(client, pending):
    response = sign_in(client)

    assert "用户名或密码不正确，或单位注册尚未通过审核" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_approved_firm_signs_in_and_is_told(client, pending):
    services.approve_organisation(organisation_id=pending.pk, by=city_user("370100"))

    assert sign_in(client).headers["Location"] == "/"
    assert "单位注册已通过审核" in client.get("/notices/").content.decode()


def test_refused_firm_does_not_sign_in(client, pending):
    services.refuse_organisation(organisation_id=pending.pk, by=city_user("370100"), note="执照不清")
    pending.refresh_from_db()

    assert (pending.state, pending.review_note) == ("refused", "执照不清")
    assert sign_in(client).status_code == 200


def test_city_reviews_only_its_own_firms(pending):
    other = city_user("370200")
    address = f"/admin/accounts/organisation/{pending.pk}/review/"
    browser = Client()
    browser.force_login(other)

    with pytest.raises(ServiceError) as refusal:
        services.approve_organisation(organisation_id=pending.pk, by=other)
    answer = browser.post(address, {"decision": "approve", "note": ""})

    pending.refresh_from_db()
    assert (refusal.value.code, answer.status_code, pending.state) == ("not_found", 404, "pending")


def test_own_city_approves_in_the_admin(pending):
    browser = Client()
    browser.force_login(city_user("370100"))

    browser.post(f"/admin/accounts/organisation/{pending.pk}/review/", {"decision": "approve", "note": "资料齐全"})

    pending.refresh_from_db()
    assert (pending.state, pending.review_note) == ("approved", "资料齐全")
    assert pending.users.get().is_active


def test_firm_does_not_review_itself(pending):
    with pytest.raises(ServiceError):
        services.approve_organisation(organisation_id=pending.pk, by=sme_user(organisation=pending))

    pending.refresh_from_db()
    assert pending.state == "pending"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"uscc": "91370100000000007A"}, "uscc", "校验位"),
        ({"uscc": "123"}, "uscc", "18"),
        ({"city_code": "110000"}, "city_code", "选择"),
        ({"industry_code": ""}, "industry_code", "企业须填写国民经济行业代码。"),
        ({"employee_count": "", "revenue_amount": ""}, "employee_count", ""),
        ({"employee_count": "5000", "revenue_amount": "900000"}, "kind", "大型企业"),
        ({"password": "short", "password_again": "short"}, "password", "10"),
        ({"password": "abcdefghijkl", "password_again": "abcdefghijkl"}, "password", "三"),
        ({"password_again": "Another-2026-mima"}, "password_again", "两次输入的密码不一致。"),
        ({"consent": ""}, "consent", "须同意后才能注册。"),
        ({"kind": "bank"}, "kind", "选择"),
    ],
)
def test_wrong_registration_says_where_and_leaves_nothing(client, changes, field, message):
    response = register(client, **changes)

    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert message in errors[field][0]
    assert (Organisation.objects.count(), User.objects.count(), Event.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("changes", "field"), [({"username": "second-firm"}, "uscc"), ({"uscc": valid_uscc(8)}, "username")]
)
def test_taken_code_or_name_is_refused(client, pending, changes, field):
    response = register(client, **changes)

    assert list(response.context["form"].errors) == [field]
    assert (Organisation.objects.count(), User.objects.count()) == (1, 1)


def test_firm_that_grows_large_keeps_its_account(client):
    firm = sme_user(organisation=OrganisationFactory(industry_code="C3451"))
    client.force_login(firm)
    figures = {"industry_code": "C3451", "employee_count": "5000", "revenue_amount": "900000"}

    client.post("/accounts/organisation/", figures | {"contact_name": "周", "contact_phone": "1"})

    firm.organisation.refresh_from_db()
    assert (firm.organisation.size_class, firm.organisation.employee_count) == ("large", 5000)
