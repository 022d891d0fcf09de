"""From a payment to the people: worksheet, confirmation, payouts, proof."""

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import InternalError, transaction

from patents.models import DealDocument, IncomeShare, IncomeWorksheet, Payout
from patents.policy.deal_terms import CostLine, PartyLine, PayoutFacts, PersonLine, ShareRuleFacts
from patents.queries.deal_rules import inventor_floor, office_floor
from patents.queries.income import Balance, part_of, statement
from patents.services import deals as services
from patents.services.deals.proof import proof_pack
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, UserFactory, city_user, sme_user
from tests.factories.deals import (
    days_ago,
    divided,
    paid,
    payment,
    pdf,
    published_price,
    recorded,
    talks,
    terms,
    worksheet_terms,
)

pytestmark = pytest.mark.django_db


def pay(share, holder, amount, **changes):
    facts = PayoutFacts(**{"amount": Decimal(amount), "paid_on": days_ago(10), "tax_note": "已代扣"} | changes)
    return services.pay_out(share_id=share.pk, by=holder, facts=facts, file=pdf("发放.pdf"))


def test_worksheet_of_a_university_gives_70_and_10_per_cent():
    _, _, _, sheet = divided()

    assert (sheet.received_amount, sheet.cost_amount, sheet.net_amount) == (
        Decimal("100000.00"),
        Decimal("3000.00"),
        Decimal("97000.00"),
    )
    assert (sheet.inventor_rate, sheet.office_rate) == (Decimal("0.7"), Decimal("0.1"))
    assert (sheet.inventor_amount, sheet.office_amount, sheet.institution_amount) == (
        Decimal("67900.00"),
        Decimal("9700.00"),
        Decimal("19400.00"),
    )
    assert (sheet.rule.code, sheet.office_rule.code) == ("SD-2017-INVENTOR-SHARE", "SD-2017-OFFICE-BONUS")
    assert list(sheet.shares.values_list("group", "person_name", "amount")) == [
        ("inventor", "发明人1", Decimal("33950.00")),
        ("inventor", "发明人2", Decimal("20370.00")),
        ("inventor", "发明人3", Decimal("13580.00")),
        ("office", "技术转移中心", Decimal("9700.00")),
    ]
    assert [(cost.kind, cost.amount, cost.document.audience) for cost in sheet.costs.all()] == [
        ("valuation", Decimal("3000.00"), "giver")
    ]
    assert Event.objects.latest("pk").name == "patents.deal.income_confirmed"


def test_state_firm_falls_under_the_national_half_and_no_office_bonus():
    holder = UserFactory(role="holder", organisation=OrganisationFactory(kind="state_firm"))
    deal, _, _ = talks(holder=holder)
    services.sign_contract(deal_id=deal.pk, by=holder, terms=terms(deal), file=pdf())
    money = services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal), file=pdf())

    sheet = services.draft_worksheet(money_id=money.pk, by=holder, terms=worksheet_terms(costs=(), shares=("1",)))

    assert (sheet.inventor_amount, sheet.office_amount, sheet.rule.code, sheet.office_rule) == (
        Decimal("50000.00"),
        Decimal("0.00"),
        "CN-2015-INVENTOR-SHARE",
        None,
    )


def test_contract_before_december_2017_falls_under_the_national_half():
    early, late = dt.date(2017, 11, 30), dt.date(2017, 12, 1)

    assert [inventor_floor(day, "university", "price")[0].code for day in (early, late)] == [
        "CN-2015-INVENTOR-SHARE",
        "SD-2017-INVENTOR-SHARE",
    ]
    assert [office_floor(day, "university")[0] is not None for day in (early, late)] == [False, True]
    with pytest.raises(Invalid):
        inventor_floor(dt.date(2015, 9, 30), "university", "price")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"shares": ("0.5", "0.3", "0.1")}, "people"),
        ({"shares": ("0.5", "0.3", "0.200001")}, "people"),
        ({"shares": ()}, "people"),
        ({"shares": ("1", "0")}, "people"),
        ({"costs": ("100000.01",)}, "costs"),
        ({"costs": ("0",)}, "costs"),
        ({"inventor_rate": Decimal("0.69")}, "inventor_rate"),
        ({"office_rate": Decimal("0.09")}, "office_rate"),
        ({"inventor_rate": Decimal("0.95")}, "inventor_rate"),
    ],
)
def test_worksheet_that_breaks_a_rule_is_refused(change, field, unchanged):
    _, holder, _, money = paid()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.draft_worksheet(money_id=money.pk, by=holder, terms=worksheet_terms(**change))

    assert refused.value.field == field
    assert unchanged() == before


@pytest.mark.parametrize(
    "persons",
    [
        [PersonLine("inventor", "甲", Decimal("0.5")), PersonLine("inventor", "甲", Decimal("0.5"))],
        [PersonLine("inventor", " ", Decimal(1))],
    ],
)
def test_nameless_or_repeated_people_are_refused(persons, unchanged):
    _, holder, _, money = paid()
    asked = replace(worksheet_terms(), people=[*persons, PersonLine("office", "转移中心", Decimal(1))])
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.draft_worksheet(money_id=money.pk, by=holder, terms=asked)

    assert refused.value.field == "people"
    assert unchanged() == before


def test_cost_without_evidence_or_with_anothers_is_refused(unchanged):
    _, holder, _, money = paid()
    other = DealDocument.objects.exclude(deal=money.deal).first() or money.document
    before = unchanged()

    for evidence in (None, other.pk):
        asked = replace(worksheet_terms(), costs=[CostLine("tax", Decimal(1), evidence)])
        with pytest.raises(Invalid) as refused:
            services.draft_worksheet(money_id=money.pk, by=holder, terms=asked)
        assert refused.value.field == "costs"

    assert unchanged() == before


def test_new_draft_replaces_the_old_and_reuses_its_evidence():
    _, holder, money, sheet = divided(confirmed=False)
    kept = sheet.costs.get().document_id
    asked = replace(worksheet_terms(), costs=[CostLine("valuation", Decimal(5000), kept)])

    newer = services.draft_worksheet(money_id=money.pk, by=holder, terms=asked)

    sheet.refresh_from_db()
    assert (sheet.state, newer.state, newer.net_amount) == ("void", "draft", Decimal("95000.00"))
    assert newer.costs.get().document_id == kept


def test_confirmed_worksheet_is_frozen(unchanged):
    _, holder, money, sheet = divided()
    before = unchanged()

    with pytest.raises(Conflict):
        services.draft_worksheet(money_id=money.pk, by=holder, terms=worksheet_terms())
    with pytest.raises(WrongState):
        services.confirm_worksheet(worksheet_id=sheet.pk, by=holder)
    with pytest.raises(InternalError), transaction.atomic():
        IncomeWorksheet.objects.filter(pk=sheet.pk).update(office_amount=0)

    assert unchanged() == before


def test_only_the_institution_divides(unchanged):
    deal, holder, money, sheet = divided(confirmed=False)
    firm = sme_user(organisation=deal.parties.get(side="receiver").organisation)
    before = unchanged()

    with pytest.raises(NotFound):
        services.draft_worksheet(money_id=money.pk, by=firm, terms=worksheet_terms())
    with pytest.raises(NotFound):
        services.confirm_worksheet(worksheet_id=sheet.pk, by=firm)
    with pytest.raises(NotAllowed):
        services.confirm_worksheet(worksheet_id=sheet.pk, by=city_user("370100"))

    assert unchanged() == before
    assert not IncomeWorksheet.objects.visible_to(firm).exists()
    assert IncomeWorksheet.objects.visible_to(holder).get() == sheet


def test_two_givers_each_divide_their_part():
    deal, holder, _ = published_price()
    partner = UserFactory(role="holder", organisation=OrganisationFactory(kind="institute"))
    line = PartyLine("giver", partner.organisation.name, Decimal("0.333333"), partner.organisation.uscc)
    services.sign_contract(deal_id=deal.pk, by=holder, terms=terms(deal, others=[line]), file=pdf())
    money = services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, "100.00"), file=pdf())

    sheets = [
        services.draft_worksheet(money_id=money.pk, by=user, terms=worksheet_terms(costs=(), shares=("1",)))
        for user in (holder, partner)
    ]

    assert [sheet.received_amount for sheet in sheets] == [Decimal("66.67"), Decimal("33.33")]
    assert sum(part_of(money, party) for party in deal.parties.filter(side="giver")) == money.amount
    assert [IncomeWorksheet.objects.visible_to(user).get() for user in (holder, partner)] == sheets


def test_shares_of_an_investment_are_divided_as_shares():
    deal, holder, _ = recorded(kind="investment")
    money = services.record_money(
        deal_id=deal.pk, by=holder, facts=payment(deal, "300000.00", kind="shares"), file=pdf()
    )

    sheet = services.draft_worksheet(money_id=money.pk, by=holder, terms=worksheet_terms(costs=()))

    assert sheet.inventor_amount == Decimal("210000.00")


# --- own rules


def rule_facts(**changes):
    values = {
        "title": "成果转化管理办法",
        "document_number": "校发〔2025〕1号",
        "inventor_rate": Decimal("0.85"),
        "office_rate": Decimal("0.10"),
        "in_force_from": days_ago(200),
    }
    return ShareRuleFacts(**values | changes)


def test_own_rule_above_the_floor_is_used_and_binds():
    _, holder, _, money = paid()
    services.set_share_rule(by=holder, facts=rule_facts())

    sheet = services.draft_worksheet(money_id=money.pk, by=holder, terms=worksheet_terms())

    assert (sheet.inventor_rate, sheet.own_rule.title) == (Decimal("0.85"), "成果转化管理办法")
    with pytest.raises(Invalid) as refused:
        services.draft_worksheet(money_id=money.pk, by=holder, terms=worksheet_terms(inventor_rate=Decimal("0.80")))
    assert refused.value.field == "inventor_rate"


def test_own_rule_in_force_only_after_the_contract_is_not_used():
    _, holder, _, money = paid()
    services.set_share_rule(by=holder, facts=rule_facts(in_force_from=days_ago(79)))

    sheet = services.draft_worksheet(money_id=money.pk, by=holder, terms=worksheet_terms())

    assert (sheet.inventor_rate, sheet.own_rule) == (Decimal("0.7"), None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"inventor_rate": Decimal("0.699999")}, "inventor_rate"),
        ({"office_rate": Decimal("0.05")}, "office_rate"),
        ({"inventor_rate": Decimal("0.95")}, "inventor_rate"),
        ({"title": " "}, "title"),
    ],
)
def test_own_rule_below_the_floor_is_refused(change, field, unchanged):
    _, holder, _, _ = paid()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.set_share_rule(by=holder, facts=rule_facts(**change))

    assert refused.value.field == field
    assert unchanged() == before


def test_own_rule_is_entered_once_a_day_and_by_holders(unchanged):
    _, holder, firm, _ = paid()
    services.set_share_rule(by=holder, facts=rule_facts())
    before = unchanged()

    with pytest.raises(Conflict):
        services.set_share_rule(by=holder, facts=rule_facts())
    with pytest.raises(NotAllowed):
        services.set_share_rule(by=firm, facts=rule_facts())

    assert unchanged() == before


# --- payouts


def test_people_are_paid_in_parts_up_to_what_is_due(unchanged):
    _, holder, _, sheet = divided()
    share = sheet.shares.get(person_name="发明人1")
    pay(share, holder, "30000.00")
    pay(share, holder, "3950.00")
    before = unchanged()

    with pytest.raises(Invalid, match=r"应发余额 0\.00") as refused:
        pay(share, holder, "0.01")

    assert refused.value.field == "amount"
    assert unchanged() == before
    assert Event.objects.latest("pk").payload["amount"] == "3950.00"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"paid_on": dt.date(2026, 5, 5)}, "paid_on"),
        ({"paid_on": dt.date(2026, 6, 16)}, "paid_on"),
    ],
)
def test_impossible_payout_is_refused(change, field, unchanged):
    _, holder, _, sheet = divided()
    share = sheet.shares.first()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        pay(share, holder, **{"amount": "1"} | change)

    assert refused.value.field == field
    assert unchanged() == before


def test_payout_under_a_draft_is_refused(unchanged):
    _, holder, _, sheet = divided(confirmed=False)
    before = unchanged()

    with pytest.raises(WrongState):
        pay(sheet.shares.first(), holder, "1")

    assert unchanged() == before


def test_reversed_payout_can_be_paid_again_and_lets_the_worksheet_be_void(unchanged):
    _, holder, _, sheet = divided()
    share = sheet.shares.first()
    payout = pay(share, holder, "100.00")
    with pytest.raises(Conflict) as refused:
        services.void_worksheet(worksheet_id=sheet.pk, by=holder, reason="录错")
    assert refused.value.code == "paid_out"

    services.reverse_payout(payout_id=payout.pk, by=holder, reason="账号错误")

    assert sum(Payout.objects.values_list("amount", flat=True)) == 0
    before = unchanged()
    with pytest.raises(Conflict):
        services.reverse_payout(payout_id=payout.pk, by=holder, reason="再来")
    assert unchanged() == before
    services.void_worksheet(worksheet_id=sheet.pk, by=holder, reason="录错")
    assert IncomeWorksheet.objects.get().state == "void"


def test_statement_sums_each_person_over_all_payments():
    deal, holder, _, sheet = divided()
    second = services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, "50000.00"), file=pdf())
    other = services.draft_worksheet(money_id=second.pk, by=holder, terms=worksheet_terms(costs=()))
    services.confirm_worksheet(worksheet_id=other.pk, by=holder)
    pay(sheet.shares.get(person_name="发明人2"), holder, "370.00")

    found = statement(deal, holder)

    assert found["people"] == [
        Balance("完成人", "发明人1", Decimal("51450.00"), Decimal(0)),
        Balance("完成人", "发明人2", Decimal("30870.00"), Decimal("370.00")),
        Balance("完成人", "发明人3", Decimal("20580.00"), Decimal(0)),
        Balance("转化机构和人员", "技术转移中心", Decimal("14700.00"), Decimal(0)),
    ]
    assert found["totals"]["net_amount"] == Decimal("147000.00")
    assert sum(IncomeShare.objects.values_list("amount", flat=True)) == Decimal("117600.00")


# --- proof


def files_of(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def test_proof_pack_holds_everything_with_right_hashes():
    deal, holder, _, sheet = divided()
    pay(sheet.shares.first(), holder, "100.00")

    files = files_of(proof_pack(deal_id=deal.pk, by=holder))

    manifest = json.loads(files.pop("manifest.json"))
    table = list(csv.reader(io.StringIO(files.pop("manifest.csv").decode("utf-8-sig"))))
    assert manifest["deal"] == deal.ref
    assert {entry["name"]: entry["sha256"] for entry in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    assert [row[:2] for row in table[1:]] == [[entry["name"], entry["sha256"]] for entry in manifest["files"]]
    assert len([name for name in files if name.startswith("文件/")]) == DealDocument.objects.count() == 5
    assert sorted(name for name in files if name.startswith("清单/")) == sorted(
        f"清单/{name}.xlsx"
        for name in (
            "概况",
            "专利",
            "当事人",
            "补充协议",
            "公示",
            "到账",
            "收益分配",
            "直接成本",
            "个人份额",
            "发放",
            "办理记录",
        )
    )
    assert AuditEntry.objects.latest("pk").verb == "下载证明材料包"


def test_proof_pack_shows_a_file_that_was_altered():
    deal, holder, _, _ = divided()
    document = DealDocument.objects.first()
    with document.file.storage.open(document.file.name, "wb") as stored:
        stored.write(b"%PDF-1.4 other")

    files = files_of(proof_pack(deal_id=deal.pk, by=holder))

    listed = {entry["name"]: entry["sha256"] for entry in json.loads(files["manifest.json"])["files"]}
    changed = [name for name in listed if hashlib.sha256(files[name]).hexdigest() != listed[name]]
    assert changed == [f"文件/{document.pk}-{document.get_kind_display()}-{document.file_name}"]


def test_proof_pack_of_the_other_side_has_no_income():
    deal, _, _, _ = divided()
    firm = sme_user(organisation=deal.parties.get(side="receiver").organisation)

    files = files_of(proof_pack(deal_id=deal.pk, by=firm))

    assert not [name for name in files if "收益" in name or "份额" in name or "成本" in name]
    with pytest.raises(NotFound):
        proof_pack(deal_id=deal.pk, by=sme_user())


# A payment of 100,000.00 was wrong, 80,000.00 is right; costs 3,000.00 each time, inventors 70 % in parts 50/30/20.
# Wrong: 97,000.00 net, 67,900.00 to inventors: 33,950.00 / 20,370.00 / 13,580.00.
# Right: 77,000.00 net, 53,900.00 to inventors: 26,950.00 / 16,170.00 / 10,780.00.
OVERPAID = [
    # paid before the reversal        due after   paid       left        overpaid
    ({"发明人1": "33950.00"}, [("26950.00", "33950.00", "-7000.00", "7000.00"), ("16170.00", "0", "16170.00", "0")]),
    ({"发明人1": "20000.00"}, [("26950.00", "20000.00", "6950.00", "0"), ("16170.00", "0", "16170.00", "0")]),
    ({"发明人2": "20370.00"}, [("26950.00", "0", "26950.00", "0"), ("16170.00", "20370.00", "-4200.00", "4200.00")]),
]


def _replaced(paid_before):
    """The payment taken back after these payouts, the right one divided and confirmed."""
    deal, holder, money, sheet = divided()
    for name, amount in paid_before.items():
        pay(sheet.shares.get(person_name=name), holder, amount)
    services.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason="金额录错")
    right = services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, "80000.00"), file=pdf())
    sheet = services.draft_worksheet(money_id=right.pk, by=holder, terms=worksheet_terms())
    services.confirm_worksheet(worksheet_id=sheet.pk, by=holder)
    return deal, holder, sheet


@pytest.mark.parametrize(("paid_before", "expected"), OVERPAID)
def test_what_was_paid_under_a_reversed_payment_shows_as_a_difference(paid_before, expected):
    deal, holder, _ = _replaced(paid_before)

    told = statement(deal, holder)

    found = [(row.due, row.paid, row.left, row.overpaid) for row in told["people"][:2]]
    assert found == [tuple(Decimal(amount) for amount in row) for row in expected]
    assert told["overpaid"] == sum(Decimal(row[3]) for row in expected)
    assert [str(payout.amount) for payout in told["void_payouts"]] == list(paid_before.values())


def test_what_is_due_next_is_set_off_against_what_was_paid_too_much():
    deal, holder, sheet = _replaced({"发明人1": "20000.00", "发明人2": "20370.00"})
    first, second = sheet.shares.get(person_name="发明人1"), sheet.shares.get(person_name="发明人2")

    with pytest.raises(Invalid, match=r"超过应发余额 6,950\.00 元"):
        pay(first, holder, "6950.01")
    with pytest.raises(Invalid, match=r"超过应发余额 0\.00 元"):
        pay(second, holder, "0.01")

    pay(first, holder, "6950.00")
    assert [row.left for row in statement(deal, holder)["people"][:2]] == [Decimal(0), Decimal("-4200.00")]


def test_a_payout_that_came_back_clears_the_difference():
    deal, holder, _ = _replaced({"发明人2": "20370.00"})
    (wrong,) = statement(deal, holder)["void_payouts"]

    services.reverse_payout(payout_id=wrong.pk, by=holder, reason="已追回")

    told = statement(deal, holder)
    assert (told["overpaid"], list(told["void_payouts"])) == (Decimal(0), [])
