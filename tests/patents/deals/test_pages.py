"""The pages of a deal, for each of those who may see it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from patents.models import Deal, DealContract, IncomeWorksheet, MoneyReceived, Payout
from patents.policy.deal_terms import PayoutFacts, PlanLine, SupplementTerms
from patents.services import deals as services
from portal.audit.models import AuditEntry
from tests.factories.accounts import (
    OrganisationFactory,
    UserFactory,
    bank_user,
    city_user,
    finance_user,
    holder_user,
    province_user,
    sme_user,
)
from tests.factories.deals import (
    days_ago,
    divided,
    enquiry,
    paid,
    pdf,
    published_price,
    recorded,
    refreshed,
    signed,
    talks,
)
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


def upload(name="凭证.pdf"):
    return SimpleUploadedFile(name, pdf().read())


def lines(prefix, *rows):
    """A formset's values."""
    values = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for place, row in enumerate(rows):
        values |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return values


def step(deal, code):
    return f"/patents/deals/{deal.ref}/step/{code}/"


def test_firm_asks_from_the_page_of_the_patent(client):
    holder, firm = holder_user(), sme_user()
    patent = PatentFactory(holder=holder.organisation)
    client.force_login(firm)
    assert f"/patents/{patent.number}/enquiry/" in client.get(f"/patents/{patent.number}/").content.decode()

    response = client.post(f"/patents/{patent.number}/enquiry/", {"kind": "ordinary", "message": "想了解价格"})

    deal = Deal.objects.get()
    assert response.headers["Location"] == f"/patents/deals/{deal.ref}/"
    assert (deal.state, deal.patents.get()) == ("enquiry", patent)


def test_refused_enquiry_says_why_on_the_form(client):
    firm = sme_user()
    patent = PatentFactory(holder=holder_user().organisation, legal_status="expired")
    client.force_login(firm)

    response = client.post(f"/patents/{patent.number}/enquiry/", {"kind": "ordinary", "message": "想了解价格"})

    assert response.status_code == 422
    assert "法律状态为“期限届满”" in response.content.decode()
    assert not Deal.objects.exists()


def test_holder_enters_talks_by_numbers_and_credit_code(client):
    holder, firm = holder_user(), OrganisationFactory()
    patents = PatentFactory.create_batch(2, holder=holder.organisation)
    client.force_login(holder)
    numbers = "\n".join(patent.display_number for patent in patents)

    response = client.post("/patents/deals/new/", {"numbers": numbers, "kind": "transfer", "receiver": firm.uscc})

    assert response.status_code == 302
    assert list(Deal.objects.get().patents.order_by("pk")) == patents


@pytest.mark.parametrize(
    ("numbers", "uscc", "words"),
    [
        ("201710601862.4", None, "校验位"),
        ("201710601862.3", None, "专利库中没有"),
        (None, "91370100000000000X", "校验位"),
        (None, "other", "尚未在平台注册"),
    ],
)
def test_talks_with_a_wrong_number_or_code_are_refused(client, numbers, uscc, words):
    holder = holder_user()
    patent = PatentFactory(holder=holder.organisation, number="201710600001")
    stranger = OrganisationFactory(state="pending").uscc
    client.force_login(holder)
    given = {"numbers": numbers or patent.display_number, "receiver": stranger if uscc == "other" else uscc or stranger}

    response = client.post("/patents/deals/new/", given | {"kind": "transfer"})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Deal.objects.exists()


def test_whole_way_through_the_pages(client):
    deal, holder, firm = enquiry()
    client.force_login(holder)
    page = f"/patents/deals/{deal.ref}/"

    client.post(step(deal, "answer"), {"message": "可以"})
    client.post(
        step(deal, "publicity"),
        {
            "result_name": "一种夹具", "price_amount": "30", "starts_on": "2026-03-01", "ends_on": "2026-03-16",
            "place": "校园网", "objection_contact": "科技处",
        },
    )  # fmt: skip
    contract = {
        "number": "HT-1", "signed_on": "2026-03-20", "valid_from": "2026-03-20", "valid_to": "2029-03-19",
        "pricing": "fixed", "price_way": "agreement", "value_amount": "30", "file": upload("合同.pdf"),
    }  # fmt: skip
    plan = lines("plan", {"due_on": "2026-04-01", "amount": "10"}, {"due_on": "2026-12-01", "amount": "20"})
    response = client.post(f"{page}contract/", contract | plan | lines("others"))
    assert response.status_code == 302, response.context["form"].errors
    record = {"number": "X1", "recorded_on": "2026-04-10", "effective_on": "2026-04-10", "file": upload()}
    client.post(step(deal, "record"), record)
    payer = deal.parties.get(side="receiver").pk
    money = {"kind": "price", "amount": "100000.01", "received_on": "2026-05-08", "payer_id": payer, "file": upload()}
    client.post(step(deal, "money"), money)
    client.post(step(deal, "technical"), {"technical_contract_number": "2026370101000123"})
    received = MoneyReceived.objects.get()
    sheet = client.get(f"{page}income/money/{received.pk}/")
    assert sheet.status_code == 200
    costs = lines("costs", {"kind": "valuation", "amount": "3000", "file": upload("发票.pdf")})
    people = lines(
        "people",
        {"group": "inventor", "name": "甲", "share": "66.6667"},
        {"group": "inventor", "name": "乙", "share": "33.3333%"},
        {"group": "office", "name": "转移中心", "share": "100"},
    )
    client.post(f"{page}income/money/{received.pk}/", costs | people | {"inventor_rate": "", "office_rate": ""})
    worksheet = IncomeWorksheet.objects.get()
    client.post(f"{page}income/{worksheet.pk}/confirm/")
    share = worksheet.shares.first()
    payout = {"amount": str(share.amount), "paid_on": "2026-06-01", "tax_note": "", "file": upload("发放.pdf")}
    client.post(f"{page}income/shares/{share.pk}/pay/", payout)
    client.force_login(firm)
    client.post(step(deal, "confirm"))

    deal = refreshed(deal)
    assert (deal.state, DealContract.objects.get().technical_contract_number) == ("paying", "2026370101000123")
    assert DealContract.objects.get().confirmed_by == firm
    assert [line.amount for line in deal.contract.plan.all()] == [Decimal(100_000), Decimal(200_000)]
    worksheet.refresh_from_db()
    assert (worksheet.state, worksheet.net_amount) == ("confirmed", Decimal("97000.01"))
    assert sum(one.amount for one in worksheet.shares.all()) == worksheet.inventor_amount + worksheet.office_amount
    assert Payout.objects.get().amount == share.amount


def test_contract_that_is_refused_keeps_what_was_filled_in(client):
    deal, holder, _ = published_price(kind="transfer")
    deal.patents.update(legal_status="lapsed_unpaid")
    client.force_login(holder)
    contract = {
        "number": "HT-特别", "signed_on": "2026-03-27", "valid_from": "2026-03-27", "pricing": "fixed",
        "price_way": "agreement", "value_amount": "30", "file": upload("合同.pdf"),
    }  # fmt: skip

    response = client.post(f"/patents/deals/{deal.ref}/contract/", contract | lines("plan") | lines("others"))

    assert response.status_code == 422
    text = response.content.decode()
    assert "未缴年费" in text
    assert "HT-特别" in text
    assert not DealContract.objects.exists()


def test_shares_that_do_not_sum_are_refused_on_the_form(client):
    deal, holder, _, money = paid()
    client.force_login(holder)
    people = lines("people", {"group": "inventor", "name": "甲", "share": "99.9999"})

    response = client.post(f"/patents/deals/{deal.ref}/income/money/{money.pk}/", lines("costs") | people)

    assert response.status_code == 422
    assert "份额合计应为 100%，现为 99.9999%" in response.content.decode()
    assert not IncomeWorksheet.objects.exists()


def test_money_above_the_contract_is_refused_on_the_form(client):
    deal, holder, _ = recorded()
    client.force_login(holder)
    payer = deal.parties.get(side="receiver").pk
    money = {
        "kind": "price",
        "amount": "30.000001万元",
        "received_on": "2026-05-08",
        "payer_id": payer,
        "file": upload(),
    }

    response = client.post(step(deal, "money"), money)

    assert response.status_code == 422
    assert "超过合同金额" in response.content.decode()
    assert not MoneyReceived.objects.exists()


@pytest.mark.parametrize(
    ("made", "code"), [(enquiry, "money"), (enquiry, "nowhere"), (signed, "answer"), (talks, "close")]
)
def test_step_that_is_not_open_changes_nothing(client, unchanged, made, code):
    deal, holder, _ = made()
    client.force_login(holder)
    before = unchanged()

    response = client.post(step(deal, code), {"message": "x", "end_note": "x"})

    assert response.headers["Location"] == f"/patents/deals/{deal.ref}/"
    assert unchanged() == before


PATHS = ("", "income/", "documents/{document}/", "step/message/", "contract/")


@pytest.mark.parametrize(
    ("who", "answers"),
    [
        ("holder", [200, 200, 200, 200, 302]),
        ("firm", [200, 404, 200, 200, 302]),
        ("jinan", [200, 200, 200, 403, 403]),
        ("qingdao", [200, 200, 200, 403, 403]),
        ("province", [200, 200, 200, 403, 403]),
        ("zibo", [404, 404, 404, 403, 403]),
        ("other holder", [404, 404, 404, 404, 404]),
        ("other firm", [404, 404, 404, 404, 404]),
        ("finance", [403, 403, 403, 403, 403]),
        ("bank", [403, 403, 403, 403, 403]),
        (None, [302, 302, 302, 302, 302]),
    ],
)
def test_who_opens_what(client, who, answers):
    holder = UserFactory(role="holder", organisation=OrganisationFactory(kind="university", city_code="370100"))
    firm = UserFactory(role="sme", organisation=OrganisationFactory(city_code="370200"))
    deal, _, _ = signed(holder=holder, firm=firm)
    users = {
        "holder": holder, "firm": firm, "jinan": city_user("370100"), "qingdao": city_user("370200"),
        "zibo": city_user("370300"), "province": province_user(), "finance": finance_user(), "bank": bank_user(),
        "other holder": holder_user(), "other firm": sme_user(),
    }  # fmt: skip
    if who:
        client.force_login(users[who])
    document = deal.documents.get(kind="contract").pk

    found = [client.get(f"/patents/deals/{deal.ref}/{path.format(document=document)}") for path in PATHS]
    for response in found:
        response.close()

    assert [response.status_code for response in found] == answers


def test_download_is_audited_and_hidden_documents_stay_hidden(client):
    deal, holder, _, sheet = divided()
    cost = sheet.costs.get().document
    firm = sme_user(organisation=deal.parties.get(side="receiver").organisation)
    address = f"/patents/deals/{deal.ref}/documents/{cost.pk}/"
    client.force_login(firm)
    assert client.get(address).status_code == 404
    client.force_login(holder)

    response = client.get(address)

    assert b"".join(response.streaming_content).startswith(b"%PDF-1.4")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor, entry.facts["document_id"]) == ("下载交易文件", holder, cost.pk)


def test_proof_pack_comes_as_a_zip(client):
    deal, holder, _, _ = divided()
    client.force_login(holder)

    response = client.post(f"/patents/deals/{deal.ref}/proof/")

    assert (response.headers["Content-Type"], response.content[:2]) == ("application/zip", b"PK")


def test_publicity_is_public_without_the_objectors_name(client):
    deal, holder, _ = published_price()
    services.record_objection(
        deal_id=deal.pk, by=holder, raised_by="张某某", raised_on=dt.date(2026, 3, 10), content="价格偏低"
    )

    text = client.get("/patents/publicity/").content.decode()

    assert "一种夹具" in text
    assert "张某某" not in text


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("", 13), ("list/", 12)])
def test_board_and_list_query_count(client, django_assert_num_queries, rows, path, queries):
    holder = holder_user()
    for _ in range(rows):
        paid(holder=holder)
        enquiry(holder=holder)
    client.force_login(holder)
    client.get("/patents/deals/")

    with django_assert_num_queries(queries):
        response = client.get(f"/patents/deals/{path}")

    shown = response.context["columns"][0]["deals"] if path == "" else response.context["deals"]
    assert len(shown) == (rows if path == "" else 2 * rows)


def test_board_shows_a_bounded_column(client, monkeypatch):
    monkeypatch.setattr("patents.queries.deals.COLUMN_LIMIT", 2)
    holder = holder_user()
    for _ in range(3):
        enquiry(holder=holder)
    client.force_login(holder)

    column = client.get("/patents/deals/").context["columns"][0]

    assert (column["state"], column["count"], len(column["deals"])) == ("enquiry", 3, 2)
    assert [deal.pk for deal in column["deals"]] == sorted((deal.pk for deal in column["deals"]), reverse=True)


@pytest.mark.parametrize("rows", [1, 3])
def test_admin_list_query_count(client, django_assert_num_queries, rows):
    official = province_user()
    for _ in range(rows):
        paid()
    client.force_login(official)
    client.get("/admin/patents/deal/")

    with django_assert_num_queries(3):
        response = client.get("/admin/patents/deal/")

    assert len(response.context["cl"].result_list) == rows


def test_admin_shows_officials_their_citys_deals(client):
    holder = UserFactory(role="holder", organisation=OrganisationFactory(kind="university", city_code="370100"))
    firm = UserFactory(role="sme", organisation=OrganisationFactory(city_code="370200"))
    deal, _, _, _ = paid(holder=holder, firm=firm)
    found = {}
    for city in ("370100", "370200", "370300"):
        client.force_login(city_user(city))
        page = client.get("/admin/patents/deal/")
        found[city] = (
            [row.ref for row in page.context["cl"].result_list],
            client.get(f"/admin/patents/deal/{deal.pk}/change/").status_code,
        )

    assert found == {"370100": ([deal.ref], 200), "370200": ([deal.ref], 200), "370300": ([], 404)}
    client.force_login(province_user())
    filters = "?giver_city=370100&receiver_city=370200&state=paying&kind=ordinary"
    assert len(client.get(f"/admin/patents/deal/{filters}").context["cl"].result_list) == 1
    assert len(client.get("/admin/patents/deal/?giver_city=370200").context["cl"].result_list) == 0


def test_supplement_goes_from_the_form_to_the_contract(client):
    deal, holder, firm = recorded({"price_way": "listing"})
    client.force_login(holder)
    address = f"/patents/deals/{deal.ref}/contract/supplement/"
    values = {
        "number": "BC-1", "signed_on": str(days_ago(20)), "reason": "范围缩小", "value_amount": "24",
        "valid_to": "", "file": upload("补充协议.pdf"), **lines("plan"),
    }  # fmt: skip
    assert "已到账" in client.get(address).content.decode()

    wrong = client.post(address, values | {"value_amount": "30", "file": upload()})
    right = client.post(address, values)

    assert (wrong.status_code, wrong.context["form"].errors) == (
        422,
        {"value_amount": ["变更后金额与现在的合同金额相同。"]},
    )
    assert right.status_code == 302
    client.force_login(firm)
    client.post(step(deal, "confirm-supplement"))
    page = client.get(f"/patents/deals/{deal.ref}/").content.decode()
    assert '300,000.00</span> → <span class="num">240,000.00' in page
    assert DealContract.objects.get().value_amount == Decimal("240000.00")


def test_form_of_a_supplement_is_for_the_giver_of_a_running_contract(client):
    deal, holder, firm = recorded()
    early, early_holder, _ = talks()

    found = []
    for user, one in ((firm, deal), (early_holder, early), (holder, deal)):
        client.force_login(user)
        found.append(client.get(f"/patents/deals/{one.ref}/contract/supplement/").status_code)

    assert found == [302, 302, 200]


def test_income_page_shows_what_was_paid_too_much(client):
    deal, holder, money, sheet = divided()
    share = sheet.shares.filter(group="inventor").first()
    facts = PayoutFacts(amount=share.amount, paid_on=days_ago(30))
    services.pay_out(share_id=share.pk, by=holder, facts=facts, file=pdf())
    client.force_login(holder)

    client.post(f"/patents/deals/{deal.ref}/money/{money.pk}/reverse/", {"reason": "退票"})

    page = client.get(f"/patents/deals/{deal.ref}/income/").content.decode()
    assert '已发放比应发多 <strong class="num">33,950.00</strong> 元' in page
    assert "到账冲销：退票" in page


def test_official_sees_changes_clocks_and_reminders(client):
    deal, holder, firm = recorded({"price_way": "listing", "plan": [PlanLine(days_ago(20), Decimal("300000.00"))]})
    change = SupplementTerms("BC-1", days_ago(10), "缩短", valid_to=days_ago(-300))
    services.propose_supplement(deal_id=deal.pk, by=holder, terms=change, file=pdf())
    services.confirm_supplement(deal_id=deal.pk, by=firm)
    services.chase_deals()
    client.force_login(province_user())

    page = client.get(f"/admin/patents/deal/{deal.pk}/change/").content.decode()
    chased = client.get("/admin/patents/deal/?chased=money").context["cl"].result_list
    others = client.get("/admin/patents/deal/?chased=record").context["cl"].result_list

    assert "BC-1" in page
    assert "下一笔应付款" in page
    assert "应付款未到账" in page
    assert ([one.pk for one in chased], list(others)) == ([deal.pk], [])
