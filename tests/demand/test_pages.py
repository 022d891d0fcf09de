"""Pages of needs: what each shows, in how many queries, and what it refuses."""

import io
from itertools import chain

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from demand import services
from demand.models import Demand, Interest, TargetFigure
from patents.models import LegalEvent
from tests.factories.accounts import city_user, holder_user, province_user, sme_user
from tests.factories.demand import GEAR_TEXT, GEAR_TITLE, difficulty, gear_patent, matched_demand
from tests.sheets import builders

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def form_data(**changes):
    figures = {
        "figures-TOTAL_FORMS": 2, "figures-INITIAL_FORMS": 0,
        "figures-0-quantity": "磨齿余量", "figures-0-comparison": "le", "figures-0-value": "0.2", "figures-0-unit": "mm",
        "figures-1-quantity": "", "figures-1-comparison": "ge", "figures-1-value": "", "figures-1-unit": "",
    }  # fmt: skip
    levels = {
        f"disclosure-{part}": "public"
        for part in ("organisation", "object_text", "target_figures", "constraints_text", "tried_text", "wanted_by")
    } | {"disclosure-budget_amount": "never", "disclosure-secret_text": "released"}
    main = {"title": GEAR_TITLE, "description": GEAR_TEXT, "cooperation_way": "any", "ipc_codes": "c21d，B23P"}
    return {**main, **figures, **levels, **changes}


def test_a_firm_writes_a_need_with_figures_and_levels():
    user = sme_user()

    response = signed_in(user).post("/demands/new/", form_data(save="1"))

    demand = Demand.objects.get()
    assert response.headers["Location"] == demand.get_absolute_url()
    assert (demand.ipc_codes, demand.disclosure["budget_amount"]) == (["C21D", "B23P"], "never")
    assert [str(figure) for figure in TargetFigure.objects.all()] == ["磨齿余量不高于 0.2 mm"]
    assert "磨齿余量" in signed_in(user).get(f"{demand.get_absolute_url()}edit/").content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": "齿", "description": "齿"}, "至少"),
        ({"description": "长" * 20_000}, "5000"),
        ({"ipc_codes": "C21"}, "不是 IPC 小类"),
        ({"figures-0-value": ""}, "请填写“磨齿余量”的数值"),
        ({"figures-0-quantity": ""}, "请填写指标名称"),
        ({"industry_code": "Z9"}, "国民经济行业代码"),
        ({"disclosure-organisation": "all"}, "不在可用的选项中"),
    ],
)
def test_bad_input_is_answered_in_words_and_nothing_is_written(change, message):
    page = signed_in(sme_user()).post("/demands/new/", form_data(save="1", **change)).content.decode()

    assert message in page
    assert not Demand.objects.exists()


def test_the_help_works_on_submit_without_javascript():
    user = sme_user()

    page = (
        signed_in(user)
        .post("/demands/new/", form_data(check="1", title="关键技术研究", description="产业化"))
        .content.decode()
    )

    assert "写得更容易被找到" in page
    assert not Demand.objects.exists()


def test_html_in_a_need_is_shown_as_text():
    user = sme_user()
    text = f"<script>alert(1)</script>{GEAR_TEXT}"
    signed_in(user).post("/demands/new/", form_data(save="1", description=text))

    page = signed_in(user).get(Demand.objects.get().get_absolute_url()).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_interest_goes_both_ways_through_the_pages():
    holder = holder_user()
    patent = gear_patent(holder=holder.organisation)
    demand = matched_demand(patent)
    firm, base = signed_in(sme_user(organisation=demand.organisation)), demand.get_absolute_url()
    theirs = signed_in(holder)

    theirs.post(f"{base}answer/", {"number": patent.display_number, "message": "已有样机。"})
    interest = Interest.objects.get()
    assert "已有样机。" in firm.get(base).content.decode()
    assert firm.get(f"{base}interests/{interest.pk}/accept/").status_code == 200
    firm.post(f"{base}interests/{interest.pk}/decline/", {"reasons": ["too_early"], "note": ""})
    assert "技术尚不成熟" in theirs.get(base).content.decode()
    firm.post(f"{base}patents/{patent.pk}/ask/", {"kind": "ordinary", "message": "请提供参数。"})

    assert list(Interest.objects.order_by("pk").values_list("side", "state")) == [
        ("holder", "refused"),
        ("firm", "open"),
    ]
    assert theirs.post(f"{base}answer/", {"number": "x", "message": "好"}).status_code == 200


def test_a_firm_closes_with_an_outcome():
    patent = gear_patent()
    demand = matched_demand(patent)
    firm = signed_in(sme_user(organisation=demand.organisation))

    firm.post(f"{demand.get_absolute_url()}close/", {"outcome": "solved_here", "patent": patent.pk, "note": "已投产"})

    demand.refresh_from_db()
    assert (demand.state, demand.outcome, demand.outcome_patent) == ("closed", "solved_here", patent)


def test_the_analysis_counts_the_pool_of_the_field():
    holder = holder_user().organisation
    patents = [gear_patent(holder=holder, filed_on=f"20{year}-03-01") for year in (18, 20, 20)]
    demand = matched_demand(*patents, ipc_codes=["C21D"])
    LegalEvent.objects.create(
        patent=patents[0], code="PE01", on="2021-03-01", status_before="valid", status_after="valid", source="manual"
    )

    page = signed_in(sme_user(organisation=demand.organisation)).get(f"{demand.get_absolute_url()}analysis/")

    sections = {
        part["key"]: [(line.name, line.count) for line in part["lines"]] for part in chain(*page.context["columns"])
    }
    assert sections["holders"] == [(holder.name, 3)]
    assert sections["years"] == [("2018", 1), ("2019", 0), ("2020", 2)]
    assert sections["kinds"] == [("发明", 3)]
    assert dict(sections["events"])["质押登记"] == 1
    assert signed_in(city_user("370200")).get(f"{demand.get_absolute_url()}analysis/").status_code == 404
    assert signed_in(province_user()).get(f"{demand.get_absolute_url()}analysis/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_difficulties_query_count(client, django_assert_max_num_queries, rows):
    for _ in range(rows):
        difficulty()

    with django_assert_max_num_queries(6):
        page = client.get("/demands/difficulties/").content.decode()

    assert page.count("<article") == rows


SHEET = [
    ["需求名称", "需求描述", "目标指标", "国民经济行业代码", "技术领域（IPC 小类）"],
    [GEAR_TITLE, GEAR_TEXT, "磨齿余量≤0.2 mm；成品率 不低于 95 %", "C3484", "c21d、B23P"],
    ["轮胎模具排气", "轮胎模具排气孔易堵，需要免清洗排气结构，减少停机。", "很好", "", "轮胎"],
]


def test_a_city_checks_gets_the_errors_and_imports(tmp_path):
    client = signed_in(city_user("370100"))
    content = builders.xlsx(tmp_path / "needs.xlsx", SHEET).read_bytes()

    def send(button):
        file = SimpleUploadedFile("needs.xlsx", content)
        return client.post("/demands/upload/", {"file": file, "city_code": "370100", button: "1"})

    checked = send("check").content.decode()
    assert "第 3 行 C 列“目标指标”" in checked
    assert "“轮胎”不是 IPC 小类" in checked
    assert not Demand.objects.exists()
    errors = load_workbook(io.BytesIO(b"".join(send("errors").streaming_content)))
    assert "很好" in str(errors.active["F3"].value)

    send("import")
    send("import")

    demand = Demand.objects.get()
    assert (demand.industry_code, demand.state, demand.ipc_codes) == ("C3484", "published", ["C21D", "B23P"])
    assert [str(figure) for figure in demand.figures.all()] == ["磨齿余量不高于 0.2 mm", "成品率不低于 95 %"]


def test_the_template_has_drop_downs_for_typed_fields():
    response = signed_in(city_user("370100")).get("/demands/template/")

    page = load_workbook(io.BytesIO(response.content))["数据"]
    lists = [rule.formula1 for rule in page.data_validations.dataValidation]
    assert any("新材料产业" in formula for formula in lists)
    assert any("技术许可" in formula for formula in lists)


def test_officials_pages_open_and_an_adviser_is_assigned():
    holder = holder_user()
    patent = gear_patent(holder=holder.organisation)
    demand = matched_demand(patent)
    interest = services.answer_need(demand_id=demand.pk, by=holder, patent_id=patent.pk, message="已有样机。")
    services.refuse_match(demand_id=demand.pk, by=holder, patent_id=patent.pk, reasons=["price"])
    city = signed_in(city_user(demand.city_code))
    addresses = (
        "/admin/demand/demand/", f"/admin/demand/demand/{demand.pk}/change/", "/admin/demand/interest/",
        f"/admin/demand/interest/{interest.pk}/change/", "/admin/demand/maturitycase/",
    )  # fmt: skip

    assert [city.get(address).status_code for address in addresses] == [200] * 5
    assert signed_in(province_user()).get("/admin/demand/refusal/").status_code == 200
    city.post(
        f"/admin/demand/interest/{interest.pk}/handle/",
        {"step": "adviser", "adviser-name": "王顾问", "adviser-phone": "0531-88880000"},
    )
    interest.refresh_from_db()
    assert interest.adviser_name == "王顾问"
