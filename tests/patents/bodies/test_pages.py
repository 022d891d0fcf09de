import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patents.models import BodyActivity, OperatingBody
from portal.attachments.models import Attachment
from tests.factories.accounts import bank_user, holder_user, province_user
from tests.factories.bodies import body, confirmed, reported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_public_page_shows_confirmed_quarters_alone(client):
    user = holder_user()
    activity = reported(user)
    done = confirmed()

    first = client.get(reverse("patents:body", args=[activity.body.ref]))
    second = client.get(reverse("patents:body", args=[done.body.ref]))
    client.force_login(user)
    own = client.get(reverse("patents:body", args=[activity.body.ref]))

    shown = [list(response.context["page"].object_list) for response in (first, second, own)]
    assert shown == [[], [done], [activity]]


@pytest.mark.parametrize("rows", [1, 3])
def test_register_query_count(client, django_assert_num_queries, rows):
    found = [confirmed().body for _ in range(rows)]
    client.get(reverse("patents:bodies"))

    with django_assert_num_queries(1):
        response = client.get(reverse("patents:bodies"))

    groups = {group["label"]: group["bodies"] for group in response.context["groups"]}
    assert groups["高校、园区、国有企业等运营机构"] == found


def test_body_reports_its_quarter_with_evidence(client):
    user = holder_user()
    found = body(user)
    client.force_login(user)

    client.post(
        reverse("patents:body_report", args=[found.ref]),
        {
            "year": "2024", "quarter": "1", "firm_count": "3", "match_count": "2", "deal_count": "1",
            "deal_amount": "25", "event_count": "1", "trained_count": "40", "summary": "工作",
        },
    )  # fmt: skip
    activity = BodyActivity.objects.get()
    file = SimpleUploadedFile("合同.pdf", b"%PDF-1.7 contract")
    client.post(reverse("patents:body_evidence", args=[found.ref, activity.pk]), {"file": file})

    assert (activity.deal_amount, activity.state) == (250_000, "submitted")
    assert Attachment.objects.of(activity).get().file_name == "合同.pdf"


def test_report_of_another_body_is_not_found(client):
    found = body()
    client.force_login(holder_user())
    assert client.get(reverse("patents:body_report", args=[found.ref])).status_code == 404
    client.force_login(bank_user())
    assert client.get(reverse("patents:body_report", args=[found.ref])).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", ["operatingbody", "bodyactivity"])
def test_admin_list_query_count(client, django_assert_max_num_queries, rows, model):
    for _ in range(rows):
        reported()
    client.force_login(province_user())
    address = reverse(f"admin:patents_{model}_changelist")
    client.get(address)

    with django_assert_max_num_queries(8):
        response = client.get(address)

    assert len(response.context["cl"].result_list) == rows


def test_province_enters_a_body_in_the_admin(client):
    client.force_login(province_user())

    client.post(
        reverse("admin:patents_operatingbody_add"),
        {
            "kind": "branch", "name": "产业运营中心", "city_code": "370500", "industry": "石油装备",
            "founded_on": "2021-06-01", "functions": "运营", "organisation": "", "document_number": "", "website": "",
        },
    )  # fmt: skip

    found = OperatingBody.objects.get()
    assert (found.name, found.kind, found.ref[:2]) == ("产业运营中心", "branch", "YY")


def test_province_confirms_a_quarter_in_the_admin(client):
    activity = reported()
    client.force_login(province_user())

    client.post(
        reverse("admin:patents_bodyactivity_handle", args=[activity.pk]), {"step": "confirm", "confirm-note": ""}
    )

    activity.refresh_from_db()
    assert activity.state == "confirmed"
