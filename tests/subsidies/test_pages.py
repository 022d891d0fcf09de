import csv
import io
import json
from decimal import Decimal

import jsonschema
import pytest
from django.test import Client

from portal.notices.models import Notice
from subsidies import services
from subsidies.enums import ClaimState
from subsidies.models import Claim, Objection, PaymentBatch
from tests.factories.accounts import city_user, finance_user, province_user, sme_user
from tests.factories.subsidies import (
    approved_claim,
    budget,
    exported_batch,
    firm_of,
    firm_user,
    found_claim,
    paid_claim,
    payable_claim,
    receipt,
    submitted_claim,
)
from tests.sheets import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]
ASKED = {
    "amount": "500", "rate": "4.2", "contract_date": "2024-06-12", "days": "365", "share": "100",
    "size_class": "small", "city": "370200", "is_independent": "on", "owns_patents": "on", "first_pledge": "on",
    "registered_before": "on", "repaid": "on",
}  # fmt: skip


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


# --- what-if


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "104,937.50 元"),
        ({"share": "40"}, "41,975.00 元"),
        ({"granted": "450000"}, "50,000.00 元"),
        ({"size_class": "large"}, "企业规模为大型，不在适用范围"),
        ({"first_pledge": ""}, "没有一件专利是首次质押"),
        ({"subsidised": "on"}, "同一笔贷款已有 1 项其他财政贴息"),
        ({"city": "370900"}, "127750.00 元"),
        ({"contract_date": "2026-06-12"}, "平台未装入"),
        ({"contract_date": "2015-06-12"}, "没有适用于该市的规则"),
        ({"city": "370100", "insurance": "enforcement", "premium": "100000"}, "60,000.00 元"),
        ({"insurance": "enforcement", "premium": "100000"}, "企业所在地为青岛市"),
    ],
)
def test_what_if_answers_anybody_and_keeps_nothing(changes, shown, client):
    response = client.get("/subsidies/what-if/", ASKED | changes)

    assert response.status_code == 200
    assert shown in response.content.decode()
    assert "amount=500" in response.content.decode()
    assert Claim.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"amount": "很多"}, "不是金额"),
        ({"rate": "420"}, "0 至 100 之间的百分数"),
        ({"days": "0"}, "用款天数"),
        ({"insurance": "overseas"}, "请填写保费"),
        ({"amount": "-5"}, "loan.principal"),
    ],
)
def test_what_if_tells_what_cannot_be_read(changes, told, client):
    response = client.get("/subsidies/what-if/", ASKED | changes)

    assert response.status_code == 422
    assert told in response.content.decode()


@pytest.mark.parametrize(
    ("city", "contract_date", "is_told"), [("370200", "2024-06-12", False), ("370900", "2024-06-12", True)]
)
def test_a_rule_below_a_confidence_of_eight_tenths_is_called_unconfirmed(city, contract_date, is_told, client):
    page = client.get("/subsidies/what-if/", ASKED | {"city": city, "contract_date": contract_date}).content.decode()

    assert ("（未经确认）" in page) is is_told


# --- the firm's pages


def test_a_firm_confirms_its_claim_on_the_page():
    claim = found_claim()
    client = client_of(firm_user(claim))
    assert "62,962.50" in client.get(claim.get_absolute_url()).content.decode()

    refused = client.post(f"{claim.get_absolute_url()}confirm/", {"bank_name": "某行", "number": "12", "consent": "on"})
    given = {"bank_name": "某行", "number": "6222000123456789012", "consent": "on"}
    done = client.post(f"{claim.get_absolute_url()}confirm/", given)

    assert (refused.status_code, done.status_code) == (422, 302)
    claim.refresh_from_db()
    assert claim.state == "submitted"
    page = client.get(claim.get_absolute_url()).content.decode()
    assert "**** 9012" in page
    assert "6222000123456789012" not in page


def test_a_claim_of_others_is_not_there():
    claim = submitted_claim()

    answers = [client_of(user).get(claim.get_absolute_url()).status_code for user in (sme_user(), city_user("370100"))]

    assert answers == [404, 404]


def test_a_firm_disputes_a_result_on_the_page():
    claim = found_claim(is_first_pledge=False)

    response = client_of(firm_user(claim)).post(f"{claim.get_absolute_url()}dispute/", {"grounds": "登记簿为首次质押"})

    assert response.status_code == 302
    assert claim.reexaminations.get().grounds == "登记簿为首次质押"


@pytest.mark.parametrize("rows", [1, 3])
def test_claim_list_query_count(rows, django_assert_num_queries):
    user = firm_of()
    for number in range(rows):
        found_claim(user, bank_ref=f"HT-{number}")
    client = client_of(user)

    with django_assert_num_queries(7):
        response = client.get("/subsidies/claims/")

    assert response.content.decode().count("/subsidies/claims/BT") == rows


# --- what everybody sees


@pytest.mark.parametrize("rows", [1, 3])
def test_publicity_list_query_count(rows, client, django_assert_num_queries):
    for _ in range(rows):
        services.publish_claim(claim_id=approved_claim().pk, by=province_user())

    with django_assert_num_queries(2):
        response = client.get("/subsidies/publicity/")

    assert response.content.decode().count("/subsidies/publicity/BT") == rows


def test_anybody_objects_on_the_page_and_no_account_is_shown(client):
    claim = services.publish_claim(claim_id=approved_claim().pk, by=province_user())
    page = client.get(f"/subsidies/publicity/{claim.ref}/").content.decode()
    assert "9012" not in page
    assert "62,962.50" in page

    empty = client.post(f"/subsidies/publicity/{claim.ref}/", {"name": ""})
    sent = client.post(
        f"/subsidies/publicity/{claim.ref}/", {"name": "张某", "contact": "0532-000000", "text": "与事实不符"}
    )

    assert (empty.status_code, sent.status_code) == (422, 302)
    assert Objection.objects.get().claim == claim


def test_before_and_after_publicity_a_claim_is_not_shown(client):
    claim = approved_claim()

    assert client.get(f"/subsidies/publicity/{claim.ref}/").status_code == 404


def test_open_data_keeps_to_its_published_schema(client, tmp_path):
    claim = paid_claim(tmp_path)
    schema = client.get("/subsidies/open-data/schema.json").json()

    found = client.get("/subsidies/open-data/payments.json").json()
    lines = b"".join(client.get("/subsidies/open-data/payments.csv").streaming_content).decode("utf-8-sig")

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(found)
    assert found["payments"] == [
        {
            "ref": claim.ref, "year": 2025, "kind": "interest_subsidy", "kind_name": "贷款贴息", "rule": "QD-2024",
            "document_number": "青政办发〔2024〕3号；鲁市监知促字〔2024〕92号", "firm": claim.organisation.name,
            "uscc": claim.organisation.uscc, "city": "370200", "subject": claim.subject, "amount": "62962.50",
            "paid_on": "2025-12-05", "recovered_amount": "0.00",
        }
    ]  # fmt: skip
    assert [dict(row) for row in csv.DictReader(io.StringIO(lines))] == [
        {name: str(value) for name, value in found["payments"][0].items()}
    ]
    assert "6222" not in json.dumps(found) + lines


def test_open_data_page_counts_its_queries(client, tmp_path, django_assert_num_queries):
    paid_claim(tmp_path)

    with django_assert_num_queries(2):
        client.get("/subsidies/open-data/")


def test_the_reasons_of_a_reexamination_are_published(client):
    claim = approved_claim()
    found = services.request_reexamination(claim_id=claim.pk, by=firm_user(claim), grounds="付息有误")
    assert "计算无误" not in client.get("/subsidies/reexaminations/").content.decode()

    services.uphold(reexamination_id=found.pk, by=province_user(), reasons="计算无误")

    assert "计算无误" in client.get("/subsidies/reexaminations/").content.decode()


# --- officials' pages


def test_the_finance_department_exports_and_reads_back_on_the_page(tmp_path):
    claim = payable_claim()
    client = client_of(finance_user())
    batch = services.create_batch(by=finance_user(), year=2025, kind="interest_subsidy")
    services.fill_batch(batch_id=batch.pk)
    assert "6222000123456789012" not in client.get(f"/subsidies/batches/{batch.ref}/").content.decode()

    lines = b"".join(client.post(f"/subsidies/batches/{batch.ref}/export/csv/").streaming_content).decode("utf-8-sig")
    path = receipt(tmp_path / "r.xlsx", batch, {claim: ""})
    with path.open("rb") as file:
        done = client.post(f"/subsidies/batches/{batch.ref}/", {"file": file})

    assert [row["收款账号"] for row in csv.DictReader(io.StringIO(lines))] == ["6222000123456789012"]
    assert done.status_code == 302
    assert (Claim.objects.get().state, PaymentBatch.objects.get().state) == ("paid", "closed")
    assert Notice.objects.filter(title=f"申领 {claim.ref} 已拨付").count() == 1


def test_a_receipt_that_does_not_fit_is_told_on_the_page(tmp_path):
    payable_claim()
    batch = exported_batch()
    path = builders.xlsx(tmp_path / "r.xlsx", [["批次号", "结果"], [batch.ref, "成功"]])

    with path.open("rb") as file:
        response = client_of(finance_user()).post(f"/subsidies/batches/{batch.ref}/", {"file": file})

    assert response.status_code == 422
    assert "缺少" in response.content.decode()


@pytest.mark.parametrize("kind", ["awards", "payments"])
def test_a_list_is_checked_on_the_page_from_the_template(kind, tmp_path):
    client = client_of(province_user())
    template = client.get(f"/subsidies/lists/{kind}/template/").content
    path = tmp_path / "t.xlsx"
    path.write_bytes(template)

    with path.open("rb") as file:
        response = client.post(f"/subsidies/lists/{kind}/", {"file": file, "check": "1"})

    assert response.status_code == 422
    assert "只有表头，没有数据" in response.content.decode()


def test_two_versions_are_compared_on_the_page():
    found_claim()
    asked = {"kind": "interest_subsidy", "year": 2025, "one": "QD-2024", "other": "SD-2024-92"}

    page = client_of(finance_user()).get("/subsidies/compare/", asked)

    assert "62,962.50 元" in page.content.decode()


# --- the admin


def handle(user, claim, step, **data):
    fields = {f"{step}-{name}": value for name, value in data.items()}
    return client_of(user).post(f"/admin/subsidies/claim/{claim.pk}/handle/", {"step": step, **fields})


def test_officers_handle_a_claim_in_the_admin_each_at_the_own_stage():
    claim = submitted_claim()
    budget()
    city, province, finance = city_user("370200"), province_user(), finance_user()
    assert handle(city, claim, "pass").status_code == 200  # not declared
    assert Claim.objects.get().state == "submitted"

    handle(city, claim, "pass", no_conflict="on")
    handle(province, claim, "pass", no_conflict="on")
    handle(finance, claim, "approve", no_conflict="on")
    handle(province, claim, "publish")

    kept = Claim.objects.get()
    assert (kept.state, kept.approved_amount) == (ClaimState.PUBLICITY, Decimal("62962.50"))


def test_the_admin_never_shows_an_account():
    claim = submitted_claim()
    client = client_of(province_user())

    pages = [client.get(f"/admin/subsidies/claim/{claim.pk}/{page}/").content.decode() for page in ("change", "handle")]

    assert ["9012" in page for page in pages] == [True, True]
    assert not any("6222000" in page or claim.account_encrypted in page for page in pages)


def test_a_draft_of_a_rule_is_approved_in_the_admin_by_another():
    drafter, approver = province_user(), province_user()
    change = {
        "code": "PROCESS-2", "kind": "subsidy_process", "title": "期限", "document_number": "试〔2026〕1号", "source": "",
        "confidence": "1.00", "chosen_by": "submission_date", "in_force_from": "2026-01-01", "in_force_to": "",
        "parameters": json.dumps({
            "publicity_days": 5, "correction_days": 10, "reexamination_days": 60, "answer_days": 30, "bar_years": 5,
            "sample_share": "0.1", "articles": {"default": "试", "bar": "山东省专利条例第五十条"},
        }),
        "note": "",
    }  # fmt: skip
    client = client_of(drafter)
    bad = client.post("/admin/subsidies/subsidyrule/add/", change | {"parameters": "{}"})
    assert bad.status_code == 200

    saved = client.post("/admin/subsidies/subsidyrule/add/", change)
    from subsidies.models import SubsidyRule

    rule = SubsidyRule.objects.get(code="PROCESS-2")
    own = client.post(f"/admin/subsidies/subsidyrule/{rule.pk}/handle/", {"step": "approve"})
    client_of(approver).post(f"/admin/subsidies/subsidyrule/{rule.pk}/handle/", {"step": "approve"})

    rule.refresh_from_db()
    assert (saved.status_code, own.status_code) == (302, 403)
    assert (rule.state, rule.drafted_by, rule.approved_by) == ("in_force", drafter, approver)
    publicised = services.publish_claim(claim_id=approved_claim().pk, by=province_user())
    assert (publicised.publicity_until - publicised.publicity_from).days == 5


@pytest.mark.parametrize("rows", [1, 3])
def test_claim_admin_list_query_count(rows, django_assert_num_queries):
    user = firm_of()
    for number in range(rows):
        found_claim(user, bank_ref=f"HT-{number}")
    client = client_of(province_user())
    client.get("/admin/subsidies/claim/")

    with django_assert_num_queries(4):
        page = client.get("/admin/subsidies/claim/").content.decode()

    assert len([claim for claim in Claim.objects.all() if claim.ref in page]) == rows
