import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patents.models import WindowCase
from tests.factories.accounts import bank_user, city_user, holder_user, province_user, sme_user
from tests.factories.deals import signed
from tests.factories.window import PDF, draft_case, own_patent, submitted_case

pytestmark = pytest.mark.django_db
CHANGELIST = "admin:patents_windowcase_changelist"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def form_values(numbers, **changes):
    return {
        "kind": "pledge", "agency": "370100", "channel": "online", "numbers": numbers,
        "counterpart_name": "岱麓银行股份有限公司", "counterpart_uscc": "", "contract_on": "2026-01-05",
        "secured_amount": "300",
    } | changes  # fmt: skip


def test_guide_is_public_and_says_what_is_unconfirmed(client):
    page = client.get(reverse("patents:window_guide")).content.decode()

    assert page.count("材料清单和时限未经确认") == 2
    assert "专利权质押登记申请表（双方签章）" in page


def test_firm_files_uploads_and_submits(client):
    firm = sme_user()
    patent = own_patent(firm)
    client.force_login(firm)

    client.post(reverse("patents:window_new"), form_values(patent.display_number))
    case = WindowCase.objects.get()
    for purpose in ("application_form", "contract", "identity"):
        file = SimpleUploadedFile(f"{purpose}.pdf", PDF + purpose.encode())
        client.post(reverse("patents:window_add_document", args=[case.ref]), {"purpose": purpose, "file": file})
    response = client.post(reverse("patents:window_submit", args=[case.ref]), follow=True)

    case.refresh_from_db()
    assert case.state == "submitted"
    assert [str(message) for message in response.context["messages"]][-1] == "已提交窗口。"
    assert "中小企业以专利权质押融资" in response.content.decode()


def test_form_is_filled_from_a_signed_deal_of_the_own_side(client):
    deal, holder, firm = signed(kind="exclusive")
    client.force_login(holder)

    form = client.get(reverse("patents:window_new") + f"?deal={deal.ref}").context["form"]

    assert form.initial == {
        "kind": "licence",
        "numbers": deal.patents.get().display_number,
        "counterpart_name": firm.organisation.name,
        "counterpart_uscc": firm.organisation.uscc,
        "contract_on": deal.contract.signed_on,
        "licence_kind": "exclusive",
        "licence_until": deal.contract.valid_to,
    }
    client.force_login(holder_user())
    assert client.get(reverse("patents:window_new") + f"?deal={deal.ref}").context["form"].initial == {}


def test_wrong_number_is_named_by_its_line(client):
    client.force_login(sme_user())

    response = client.post(reverse("patents:window_new"), form_values("201710601862.3\n20171060186.9"))

    assert response.status_code == 422
    assert response.context["form"].errors["numbers"][0].startswith("第 2 行：")
    assert WindowCase.objects.count() == 0


def test_wrong_document_is_told_on_the_case(client):
    firm = sme_user()
    case = draft_case(firm, with_documents=False)
    client.force_login(firm)

    response = client.post(
        reverse("patents:window_add_document", args=[case.ref]),
        {"purpose": "contract", "file": SimpleUploadedFile("a.pdf", b"no pdf")},
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {"file": ["文件内容不是有效的 .pdf 文件，可能已损坏或被改名。"]}


@pytest.mark.parametrize("name", ["window_case", "window_edit"])
def test_case_of_another_is_not_found(client, name):
    case = draft_case()
    client.force_login(holder_user())

    assert client.get(reverse(f"patents:{name}", args=[case.ref])).status_code == 404


def test_bank_has_no_window(client):
    client.force_login(bank_user())

    assert client.get(reverse("patents:window_list")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_case_list_query_count(client, django_assert_num_queries, rows):
    firm = sme_user()
    for _ in range(rows):
        draft_case(firm)
    client.force_login(firm)
    client.get(reverse("patents:window_list"))

    with django_assert_num_queries(4):
        response = client.get(reverse("patents:window_list"))

    assert len(response.context["page"].object_list) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_admin_list_query_count(client, django_assert_num_queries, rows):
    cases = [submitted_case() for _ in range(rows)]
    draft_case()
    client.force_login(city_user("370100"))
    client.get(reverse(CHANGELIST))

    with django_assert_num_queries(4):
        response = client.get(reverse(CHANGELIST))

    assert list(response.context["cl"].result_list) == cases[::-1]


def test_official_handles_step_by_step(client):
    case = submitted_case()
    client.force_login(city_user("370100"))
    address = reverse("admin:patents_windowcase_handle", args=[case.pk])

    shown = client.get(address)
    client.post(address, {"step": "accept", "accept-note": ""})
    client.post(
        address, {"step": "hand_over", "hand_over-on": str(case.submitted_at.date()), "hand_over-receipt_number": "S1"}
    )

    case.refresh_from_db()
    assert [one["step"].code for one in shown.context["steps"]] == ["accept", "correct", "chase", "refuse"]
    assert (case.state, case.receipt_number) == ("handed_over", "S1")
    page = client.get(reverse("admin:patents_windowcase_change", args=[case.pk])).content.decode()
    assert "专利权质押合同" in page


def test_refusal_is_shown_at_its_form(client):
    case = submitted_case()
    client.force_login(province_user())
    address = reverse("admin:patents_windowcase_handle", args=[case.pk])

    response = client.post(address, {"step": "correct", "correct-note": ""})
    late = client.post(address, {"step": "register", "register-registration_number": "Y"})

    case.refresh_from_db()
    forms = {one["step"].code: one["form"] for one in response.context["steps"]}
    assert forms["correct"].errors == {"note": ["请填写原因，对方据此处理。"]}
    assert [str(message) for message in late.context["messages"]] == ["该步骤现在不能办理，状态可能已经变化。"]
    assert case.state == "submitted"


@pytest.mark.parametrize("page", ["change", "handle"])
def test_admin_of_another_city_does_not_find_the_case(client, page):
    case = submitted_case()
    client.force_login(city_user("370900"))

    assert client.get(reverse(f"admin:patents_windowcase_{page}", args=[case.pk])).status_code == 404
