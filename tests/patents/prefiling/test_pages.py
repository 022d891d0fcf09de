import datetime as dt

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patents.models import PrefilingAdoption, PrefilingCase, ProvincialInstitution
from portal import clock
from portal.attachments.models import Attachment
from tests.factories.accounts import city_user, holder_user, province_user, sme_user
from tests.factories.prefiling import PDF, SECRET, case_at, disclosed_case, reported_adoption

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_evaluation_is_made_step_by_step_on_its_page(client):
    client.force_login(holder_user())
    today = str(clock.today())
    client.post(
        reverse("patents:prefiling_new"),
        {"title": "隔热材料", "inventor_names": "方砚溪", "disclosure": "配方", "disclosed_on": today},
    )
    case = PrefilingCase.objects.get()

    for name, values in (
        ("screen", {"secrecy": "open", "ownership": "service"}),
        ("search", {"search_scope": "气凝胶", "novelty": "clear"}),
        ("score", {"technical_score": 80, "market_score": 70, "legal_score": 60, "scoring_note": "好"}),
        ("advise", {"advice": "keep_secret", "advice_reason": "难以反向工程"}),
        ("decide", {"decision": "keep_secret", "decided_on": today}),
        ("offer", {"offered_on": today}),
        ("close", {"inventor_answer": "declined"}),
    ):
        data = {f"{name}-{key}": value for key, value in values.items()}
        response = client.post(reverse("patents:prefiling_step", args=[case.ref, name]), data)
        assert (name, response.status_code) == (name, 302)

    case.refresh_from_db()
    assert (case.state, case.decision, case.inventor_answer) == ("closed", "keep_secret", "declined")


def test_refusal_is_told_at_its_field(client):
    user = holder_user()
    case = case_at("advised", user)
    client.force_login(user)

    response = client.post(
        reverse("patents:prefiling_step", args=[case.ref, "decide"]),
        {"decide-decision": "drop", "decide-decided_on": str(clock.today())},
    )

    assert response.status_code == 422
    assert response.context["forms"][0]["form"].errors == {"decision_reason": ["决定与建议不同，请填写理由。"]}


@pytest.mark.parametrize("make", [holder_user, province_user, sme_user])
def test_evaluation_of_another_has_no_page(client, make):
    case = disclosed_case()
    client.force_login(make())

    assert client.get(reverse("patents:prefiling_case", args=[case.ref])).status_code in (403, 404)


def test_document_of_an_evaluation_is_the_institutions_alone(client):
    user = holder_user()
    case = disclosed_case(user)
    client.force_login(user)
    client.post(reverse("patents:prefiling_document", args=[case.ref]), {"file": SimpleUploadedFile("附图.pdf", PDF)})
    kept = Attachment.objects.of(case).get()

    assert b"".join(client.get(reverse("attachments:download", args=[kept.pk])).streaming_content) == PDF
    client.force_login(province_user())
    assert client.get(reverse("attachments:download", args=[kept.pk])).status_code == 404


def test_evaluations_have_no_admin_page():
    assert PrefilingCase not in admin.site._registry


@pytest.mark.parametrize("rows", [1, 3])
def test_coverage_shows_counts_and_no_content(client, django_assert_num_queries, rows):
    for _ in range(rows):
        user = holder_user()
        ProvincialInstitution.objects.create(organisation=user.organisation, listed_on=dt.date(2021, 1, 1))
        case_at("decided", user)
        disclosed_case(user)
    client.force_login(province_user())
    address = reverse("patents:prefiling_coverage")
    client.get(address)

    with django_assert_num_queries(6):
        response = client.get(address)

    table = [(row.case_count, row.decided_count, row.filed_count) for row in response.context["page"]]
    assert table == [(2, 1, 0)] * rows
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_own_list_query_count(client, django_assert_max_num_queries, rows):
    user = holder_user()
    for _ in range(rows):
        disclosed_case(user)
    disclosed_case()
    client.force_login(user)
    client.get(reverse("patents:prefiling"))

    with django_assert_max_num_queries(6):
        response = client.get(reverse("patents:prefiling"))

    assert len(response.context["page"].object_list) == rows


def test_institution_reports_its_rule_and_the_province_confirms(client):
    user = holder_user()
    client.force_login(user)
    client.post(
        reverse("patents:prefiling_adoption"),
        {
            "title": "办法", "document_number": "", "adopted_on": "2023-05-01", "department": "科研处",
            "file": SimpleUploadedFile("办法.pdf", PDF),
        },
    )  # fmt: skip
    adoption = PrefilingAdoption.objects.get()
    client.force_login(province_user())
    address = reverse("admin:patents_prefilingadoption_handle", args=[adoption.pk])

    page = client.get(address).content.decode()
    client.post(address, {"step": "confirm", "confirm-note": ""})

    adoption.refresh_from_db()
    assert "办法.pdf" in page
    assert adoption.state == "confirmed"


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", ["prefilingadoption", "provincialinstitution"])
def test_admin_list_query_count(client, django_assert_max_num_queries, rows, model):
    for _ in range(rows):
        user = holder_user()
        reported_adoption(user)
        ProvincialInstitution.objects.create(organisation=user.organisation, listed_on=dt.date(2021, 1, 1))
    client.force_login(province_user())
    address = reverse(f"admin:patents_{model}_changelist")
    client.get(address)

    with django_assert_max_num_queries(6):
        response = client.get(address)

    assert len(response.context["cl"].result_list) == rows


def test_city_sees_the_list_of_institutions_and_does_not_change_it(client):
    client.force_login(city_user())

    assert client.get(reverse("admin:patents_provincialinstitution_changelist")).status_code == 200
    assert client.get(reverse("admin:patents_provincialinstitution_add")).status_code == 403
