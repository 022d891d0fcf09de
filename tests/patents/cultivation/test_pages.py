from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patents.models import Centre, CentreApplication, CentreGrant, CultivationCall
from patents.services import centres
from patents.services import cultivation as services
from portal import clock
from portal.policy.models import RuleVersion
from tests.factories.accounts import city_user, finance_user, holder_user, province_user
from tests.factories.cultivation import (
    PDF,
    SCORES,
    judged_application,
    published_call,
    recognised_centre,
    submitted_application,
    terms,
    year_report,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def plan_values(**changes):
    return {
        "name": "海洋装备高价值专利培育中心", "technical_field": "海洋装备", "leader_name": "方砚溪", "team_names": "",
        "partner_names": "", "basis": "已有基础", "plan": "方案", "high_value_target": "5", "transfer_target": "3",
    } | changes  # fmt: skip


def test_university_applies_uploads_and_submits(client):
    user = holder_user()
    call = published_call()
    client.force_login(user)

    client.post(reverse("patents:centre_apply", args=[call.ref]), plan_values())
    application = CentreApplication.objects.get()
    for purpose in ("application_form", "commitment"):
        file = SimpleUploadedFile(f"{purpose}.pdf", PDF + purpose.encode())
        client.post(reverse("patents:centre_add_document", args=[application.ref]), {"purpose": purpose, "file": file})
    client.post(reverse("patents:centre_submit", args=[application.ref]))

    application.refresh_from_db()
    assert (application.state, application.organisation) == ("submitted", user.organisation)


def test_form_names_the_field_at_fault(client):
    client.force_login(holder_user())

    response = client.post(reverse("patents:centre_apply", args=[published_call().ref]), plan_values(name=""))

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["name"])
    assert CentreApplication.objects.count() == 0


def test_draft_call_is_not_public(client):
    draft = services.save_call(by=province_user(), terms=terms())

    assert client.get(reverse("patents:centre_call", args=[draft.ref])).status_code == 404


def test_expert_scores_on_his_page_and_sees_no_other_opinion(client):
    application = judged_application()
    expert = holder_user()
    review = services.assign_expert(application_id=application.pk, by=province_user(), username=expert.username)
    client.force_login(expert)
    address = reverse("patents:centre_review", args=[review.pk])

    page = client.get(address).content.decode()
    client.post(address, {**SCORES, "comment": "独立意见", "no_conflict": "on"})

    review.refresh_from_db()
    assert "方案可行。" not in page
    assert (review.state, review.total) == ("scored", 80)


@pytest.mark.parametrize("name", ["centre_application", "centre_edit"])
def test_application_of_another_is_not_found(client, name):
    application = submitted_application()
    client.force_login(holder_user())

    assert client.get(reverse(f"patents:{name}", args=[application.ref])).status_code == 404


def test_review_of_another_expert_is_not_found(client):
    application = submitted_application()
    review = services.assign_expert(application_id=application.pk, by=province_user(), username=holder_user().username)
    client.force_login(holder_user())

    assert client.get(reverse("patents:centre_review", args=[review.pk])).status_code == 404


def test_grant_of_a_centre_is_for_its_own_eyes(client):
    owner = holder_user()
    centre = recognised_centre(owner)
    address = reverse("patents:centre", args=[centre.number])

    public = client.get(address)
    client.force_login(owner)
    own = client.get(address)

    assert ("grant" in public.context, "grant" in own.context) == (False, True)


def test_year_is_reported_with_evidence(client):
    owner = holder_user()
    centre = recognised_centre(owner)
    client.force_login(owner)
    year = clock.today().year

    client.post(
        reverse("patents:centre_report", args=[centre.number]),
        {
            "year": year, "filed_count": 3, "high_value_count": 2, "transferred_count": 1, "income_amount": "12.5",
            "spent_amount": "3万元", "summary": "完成",
        },
    )  # fmt: skip
    file = SimpleUploadedFile("转化合同.pdf", PDF)
    client.post(reverse("patents:centre_report_document", args=[centre.number, year]), {"file": file})

    check = centre.checks.get()
    assert (check.income_amount, check.spent_amount, check.state) == (125_000, 30_000, "submitted")
    client.force_login(province_user())
    page = client.get(reverse("admin:patents_centrecheck_handle", args=[check.pk])).content.decode()
    assert "转化合同.pdf" in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("centres", recognised_centre),
        ("centre_applications", lambda: None),
        ("centre_reviews", lambda: None),
    ],
)
def test_list_query_count(client, django_assert_max_num_queries, rows, name, make):
    user = holder_user()
    for _ in range(rows):
        if made := make():
            Centre.objects.filter(pk=made.pk).update(name="中心")
        elif name == "centre_applications":
            submitted_application(user)
        else:
            application = submitted_application()
            services.assign_expert(application_id=application.pk, by=province_user(), username=user.username)
    client.force_login(user)
    client.get(reverse(f"patents:{name}"))

    with django_assert_max_num_queries(6):
        response = client.get(reverse(f"patents:{name}"))

    assert len(response.context["page"].object_list) == rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", ["cultivationcall", "centreapplication", "centre", "centregrant", "centrecheck"])
def test_admin_list_query_count(client, django_assert_max_num_queries, rows, model):
    for _ in range(rows):
        owner = holder_user()
        centre = recognised_centre(owner, recognised_on=None)
        CentreGrant.objects.create(
            centre=centre, amount=Decimal(1), rule=_rule(), approved_on=clock.today(), approved_by=province_user()
        )
        centres.report_year(centre_id=centre.pk, by=owner, report=year_report(clock.today().year))
    client.force_login(province_user())
    address = reverse(f"admin:patents_{model}_changelist")
    client.get(address)

    with django_assert_max_num_queries(6):
        response = client.get(address)

    assert len(response.context["cl"].result_list) == rows


def _rule():
    return RuleVersion.objects.get(code="SD-PLAN-2021-CENTRE")


def test_province_drafts_and_publishes_a_call_in_the_admin(client):
    client.force_login(province_user())

    client.post(
        reverse("admin:patents_cultivationcall_add"),
        {
            "year": "2026", "title": "2026 年度申报", "document_number": "1号", "opens_on": "2026-01-01",
            "closes_on": "2026-03-01", "quota": "5", "conditions": "条件",
        },
    )  # fmt: skip
    call = CultivationCall.objects.get()
    client.post(reverse("admin:patents_cultivationcall_handle", args=[call.pk]), {"step": "publish"})

    call.refresh_from_db()
    assert (call.state, call.quota, len(call.criteria)) == ("published", 5, 4)
    assert call.ref.startswith("PY")


def test_experts_points_are_for_the_province_alone(client):
    application = judged_application()
    address = reverse("admin:patents_centreapplication_change", args=[application.pk])

    client.force_login(province_user())
    province = client.get(address).content.decode()
    client.force_login(city_user(application.organisation.city_code))
    city = client.get(address).content.decode()

    assert ("方案可行。" in province, "方案可行。" in city) == (True, False)
    assert "application_form.pdf" in city


def test_finance_records_a_payment_in_the_admin(client):
    centre = recognised_centre()
    grant = CentreGrant.objects.create(
        centre=centre, amount=100, rule=_rule(), approved_on=clock.today(), approved_by=province_user()
    )
    grant.instalments.create(place=1, amount=100, condition="认定后拨付")
    client.force_login(finance_user())

    client.post(
        reverse("admin:patents_centregrant_handle", args=[grant.pk]),
        {"step": "paid", "paid-place": "1", "paid-paid_on": str(clock.today())},
    )

    assert grant.instalments.get().paid_on == clock.today()
