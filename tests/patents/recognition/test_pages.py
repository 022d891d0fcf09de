import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patents.models import Recognition
from tests.factories.accounts import city_user, province_user, sme_user
from tests.factories.recognition import PDF, draft_recognition, recognised, submitted_recognition

pytestmark = pytest.mark.django_db
CHANGELIST = "admin:patents_recognition_changelist"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_firm_applies_with_evidence(client):
    client.force_login(sme_user())

    client.post(reverse("patents:recognition_apply"), {"kind": "ip_standard", "statement": "体系已运行"})
    found = Recognition.objects.get()
    file = SimpleUploadedFile("证书.pdf", PDF)
    client.post(reverse("patents:recognition_evidence", args=[found.ref]), {"purpose": "evidence", "file": file})
    client.post(reverse("patents:recognition_submit", args=[found.ref]))

    found.refresh_from_db()
    assert found.state == "submitted"


def test_missing_step_is_told_at_its_field(client):
    client.force_login(sme_user())

    response = client.post(reverse("patents:recognition_apply"), {"kind": "provincial_demo", "statement": "申请"})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "kind": ["梯次培育要求先取得有效的“知识产权标准化管理企业”（条件未经确认）。"]
    }


def test_public_list_shows_who_stands_today_by_city(client):
    found = recognised()
    recognised(sme_user(organisation__city_code="370200"))
    draft_recognition()

    response = client.get(reverse("patents:recognised_firms"), {"kind": "ip_standard", "city": "370100"})

    assert list(response.context["page"].object_list) == [found]
    assert dict(response.context["counts"])["知识产权标准化管理企业"] == 2


@pytest.mark.parametrize("name", ["recognition", "recognition_edit"])
def test_recognition_of_another_is_not_found(client, name):
    found = draft_recognition()
    client.force_login(sme_user())

    assert client.get(reverse(f"patents:{name}", args=[found.ref])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("recognised_firms", 5), ("recognitions", 5)])
def test_list_query_count(client, django_assert_max_num_queries, rows, name, queries):
    firm = sme_user()
    for place in range(rows):
        if name == "recognitions":
            Recognition.objects.create(
                ref=f"RD-{place}", kind="ip_standard", firm_name="企业", uscc="91370100MA3TEST00X", city_code="370100",
                organisation=firm.organisation, state="refused",
            )  # fmt: skip
        else:
            recognised()
    client.force_login(firm)
    address = reverse(f"patents:{name}") + "?kind=ip_standard"
    client.get(address)

    with django_assert_max_num_queries(queries):
        response = client.get(address)

    assert len(response.context["page"].object_list) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_admin_list_query_count(client, django_assert_max_num_queries, rows):
    found = [submitted_recognition() for _ in range(rows)]
    draft_recognition()
    client.force_login(city_user("370100"))
    client.get(reverse(CHANGELIST))

    with django_assert_max_num_queries(6):
        response = client.get(reverse(CHANGELIST))

    assert list(response.context["cl"].result_list) == found[::-1]


@pytest.mark.parametrize(("chosen", "count"), [("valid", 1), ("soon", 0), ("ended", 0)])
def test_admin_filters_by_validity(client, chosen, count):
    recognised()
    submitted_recognition()
    client.force_login(province_user())

    response = client.get(reverse(CHANGELIST), {"validity": chosen})

    assert len(response.context["cl"].result_list) == count


def test_city_recommends_in_the_admin(client):
    found = submitted_recognition()
    client.force_login(city_user("370100"))
    address = reverse("admin:patents_recognition_handle", args=[found.pk])

    shown = client.get(address)
    client.post(address, {"step": "recommend", "recommend-note": "同意"})

    found.refresh_from_db()
    assert [one["step"].code for one in shown.context["steps"]] == ["recommend", "return"]
    assert (found.state, found.note) == ("recommended", "同意")
