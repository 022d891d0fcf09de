import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patents.models import RightsReform
from tests.factories.accounts import holder_user, province_user, sme_user
from tests.factories.reform import PDF, confirmed_reform, draft_reform, submitted_reform

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def values(**changes):
    return {
        "kind": "ownership", "title": "赋权办法", "document_number": "", "adopted_on": "2023-03-01", "use_years": "",
        "has_agreement": "on", "agreement_count": "2", "patent_count": "3", "person_count": "5", "summary": "做法",
    } | changes  # fmt: skip


def test_holder_enters_and_submits(client):
    client.force_login(holder_user())

    client.post(reverse("patents:reform_new"), values())
    reform = RightsReform.objects.get()
    for purpose in ("rule", "agreement"):
        file = SimpleUploadedFile(f"{purpose}.pdf", PDF + purpose.encode())
        client.post(reverse("patents:reform_document", args=[reform.ref]), {"purpose": purpose, "file": file})
    client.post(reverse("patents:reform_submit", args=[reform.ref]))

    reform.refresh_from_db()
    assert (reform.state, reform.use_years) == ("submitted", None)


def test_refusal_is_told_at_its_field(client):
    client.force_login(holder_user())

    response = client.post(reverse("patents:reform_new"), values(kind="long_term_use", use_years="9"))

    assert (response.status_code, response.context["form"].errors) == (422, {"use_years": ["长期使用权不少于 10 年。"]})
    assert RightsReform.objects.count() == 0


@pytest.mark.parametrize("name", ["reform", "reform_edit"])
def test_entry_of_another_is_not_found(client, name):
    reform = draft_reform()
    client.force_login(holder_user())

    assert client.get(reverse(f"patents:{name}", args=[reform.ref])).status_code == 404
    client.force_login(sme_user())
    assert client.get(reverse(f"patents:{name}", args=[reform.ref])).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", ["reform_register", "reforms"])
def test_list_query_count(client, django_assert_max_num_queries, rows, name):
    user = holder_user()
    found = [confirmed_reform(user) for _ in range(rows)]
    submitted_reform()
    client.force_login(user)
    client.get(reverse(f"patents:{name}"))

    with django_assert_max_num_queries(6):
        response = client.get(reverse(f"patents:{name}"))

    assert list(response.context["page"].object_list) == found[::-1]


@pytest.mark.parametrize("rows", [1, 3])
def test_admin_list_query_count(client, django_assert_max_num_queries, rows):
    found = [submitted_reform() for _ in range(rows)]
    draft_reform()
    client.force_login(province_user())
    address = reverse("admin:patents_rightsreform_changelist")
    client.get(address)

    with django_assert_max_num_queries(6):
        response = client.get(address)

    assert list(response.context["cl"].result_list) == found[::-1]


def test_province_confirms_in_the_admin(client):
    reform = submitted_reform()
    client.force_login(province_user())
    address = reverse("admin:patents_rightsreform_handle", args=[reform.pk])

    page = client.get(address).content.decode()
    client.post(address, {"step": "confirm", "confirm-note": ""})

    reform.refresh_from_db()
    assert "agreement.pdf" in page
    assert reform.state == "confirmed"
