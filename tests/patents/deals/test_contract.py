"""Publicity of the price, the contract with its conditions, and its record."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from patents.models import Deal, DealContract
from patents.policy.deal_terms import Consent, PartyLine, PlanLine, RecordFacts
from patents.queries.deals import licensed_by_deals
from patents.services import deals as services
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, UserFactory, holder_user, sme_user
from tests.factories.deals import (
    days_ago,
    enquiry,
    pdf,
    publicity_facts,
    published_price,
    recorded,
    refreshed,
    signed,
    talks,
    terms,
)
from tests.factories.licences import published as published_licence
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


def sign(deal, holder, *, file=True, **changes):
    paper = pdf("合同.pdf") if file else None
    return services.sign_contract(deal_id=deal.pk, by=holder, terms=terms(deal, **changes), file=paper)


# --- publicity


def test_publicity_keeps_its_rule_and_is_announced():
    deal, holder, _ = talks()

    made = services.start_publicity(deal_id=deal.pk, by=holder, facts=publicity_facts(), file=pdf("公示.pdf"))

    assert (made.rule.code, made.document.kind) == ("SD-2017-PRICE-PUBLICITY", "publicity")
    assert Event.objects.latest("pk").payload["ends_on"] == str(days_ago(85))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_on": dt.date(2026, 3, 21)}, "ends_on"),
        ({"starts_on": dt.date(2026, 6, 16), "ends_on": dt.date(2026, 7, 2)}, "starts_on"),
        ({"result_name": " "}, "result_name"),
        ({"place": ""}, "place"),
        ({"objection_contact": ""}, "objection_contact"),
        ({"price_amount": None}, "price_amount"),
        ({"price_amount": Decimal("0.001")}, "price_amount"),
    ],
)
def test_publicity_too_short_or_empty_is_refused(change, field, unchanged):
    deal, holder, _ = talks()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.start_publicity(deal_id=deal.pk, by=holder, facts=publicity_facts(**change))

    assert refused.value.field == field
    assert unchanged() == before


def test_second_publicity_needs_the_first_withdrawn(unchanged):
    deal, holder, _ = published_price()
    before = unchanged()

    with pytest.raises(Conflict):
        services.start_publicity(deal_id=deal.pk, by=holder, facts=publicity_facts())

    assert unchanged() == before
    services.withdraw_publicity(deal_id=deal.pk, by=holder, reason="价格调整")
    services.start_publicity(deal_id=deal.pk, by=holder, facts=publicity_facts(price_amount=Decimal(250_000)))
    assert deal.publicities.count() == 2


def test_firm_that_gives_its_own_patent_need_not_publish(unchanged):
    giver = sme_user()
    deal, _, _ = talks(holder=giver)
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.start_publicity(deal_id=deal.pk, by=giver, facts=publicity_facts())

    assert refused.value.code == "not_required"
    assert unchanged() == before
    assert sign(deal, giver).value_amount == Decimal("300000.00")


def test_contract_before_publicity_ended_is_refused(unchanged):
    deal, holder, _ = talks()
    services.start_publicity(
        deal_id=deal.pk, by=holder, facts=publicity_facts(starts_on=days_ago(10), ends_on=days_ago(-5))
    )
    before = unchanged()

    with pytest.raises(Conflict, match="公示至 2026-06-20 结束") as refused:
        sign(deal, holder, signed_on=days_ago(0), valid_from=days_ago(0))

    assert refused.value.code == "conditions_not_met"
    assert unchanged() == before


def test_contract_without_publicity_is_refused_unless_the_price_came_from_the_market(unchanged):
    deal, holder, _ = talks()
    before = unchanged()

    with pytest.raises(Conflict, match="尚未公示"):
        sign(deal, holder)

    assert unchanged() == before
    assert sign(deal, holder, price_way="auction").price_way == "auction"


def test_open_and_upheld_objections_stop_the_contract(unchanged):
    deal, holder, _ = published_price()
    objection = services.record_objection(
        deal_id=deal.pk, by=holder, raised_by="某教师", raised_on=days_ago(90), content="价格偏低"
    )
    before = unchanged()
    with pytest.raises(Conflict, match="异议尚未处理"):
        sign(deal, holder)
    assert unchanged() == before

    services.handle_objection(
        deal_id=deal.pk, objection_id=objection.pk, by=holder, outcome="upheld", handling="重新评估。"
    )
    with pytest.raises(Conflict, match="异议成立"):
        sign(deal, holder)


def test_rejected_objection_lets_the_contract_pass_and_is_handled_once(unchanged):
    deal, holder, _ = published_price()
    objection = services.record_objection(
        deal_id=deal.pk, by=holder, raised_by="某教师", raised_on=days_ago(90), content="价格偏低"
    )
    answer = {"deal_id": deal.pk, "objection_id": objection.pk, "by": holder, "handling": "已说明定价依据。"}
    services.handle_objection(outcome="rejected", **answer)
    before = unchanged()

    with pytest.raises(Conflict):
        services.handle_objection(outcome="upheld", **answer)

    assert unchanged() == before
    assert sign(deal, holder).findings == []


def test_objection_before_the_publicity_is_refused(unchanged):
    deal, holder, _ = published_price()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.record_objection(deal_id=deal.pk, by=holder, raised_by="甲", raised_on=days_ago(101), content="乙")

    assert refused.value.field == "raised_on"
    assert unchanged() == before


# --- contract


def test_contract_keeps_terms_plan_and_parties():
    deal, holder, firm = published_price()
    partner = OrganisationFactory(kind="institute", city_code="370600")
    plan = [
        PlanLine(days_ago(40), Decimal(100_000), "签约后"),
        PlanLine(days_ago(-200), Decimal(200_000), "验收后"),
    ]
    others = [
        PartyLine("giver", partner.name, Decimal("0.25"), partner.uscc),
        PartyLine("receiver", "外地某公司", Decimal("0.4")),
    ]

    contract = sign(deal, holder, plan=plan, others=others, is_related_party=True)

    deal = refreshed(deal)
    assert (deal.state, contract.value_amount, contract.is_related_party) == ("contract", Decimal("300000.00"), True)
    # Three months after the contract took effect on 27 March.
    assert deal.record_by == dt.date(2026, 6, 27)
    assert [(line.amount, line.condition) for line in contract.plan.all()] == [(100_000, "签约后"), (200_000, "验收后")]
    assert [(party.side, party.name, party.kind, party.share, party.city_code) for party in deal.parties.all()] == [
        ("giver", holder.organisation.name, "university", Decimal("0.75"), "370100"),
        ("giver", partner.name, "institute", Decimal("0.25"), "370600"),
        ("receiver", firm.organisation.name, "sme", Decimal("0.6"), "370100"),
        ("receiver", "外地某公司", "person", Decimal("0.4"), ""),
    ]
    event = Event.objects.latest("pk")
    assert (event.name, event.payload["value_amount"]) == ("patents.deal.contract_signed", "300000.00")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": " "}, "number"),
        ({"signed_on": dt.date(2026, 6, 16), "valid_from": dt.date(2026, 6, 16)}, "signed_on"),
        ({"valid_from": dt.date(2026, 3, 26)}, "valid_from"),
        ({"valid_to": dt.date(2026, 3, 26)}, "valid_to"),
        ({"value_amount": None}, "value_amount"),
        ({"value_amount": Decimal(-1)}, "value_amount"),
        ({"value_amount": Decimal("0.001")}, "value_amount"),
        ({"pricing": "royalty"}, "value_amount"),
        ({"pricing": "royalty", "value_amount": None}, "royalty_rate"),
        ({"pricing": "royalty", "value_amount": None, "royalty_rate": Decimal("0.05")}, "royalty_base"),
        ({"pricing": "entry_royalty", "royalty_rate": Decimal(1), "royalty_base": "profit"}, "royalty_rate"),
        ({"royalty_rate": Decimal("0.05"), "royalty_base": "profit"}, "royalty_rate"),
        ({"pricing": "gift"}, "pricing"),
        ({"price_way": "guess"}, "price_way"),
        ({"plan": [PlanLine(dt.date(2026, 5, 1), Decimal(299_999))]}, "plan"),
        ({"plan": [PlanLine(dt.date(2026, 3, 1), Decimal(300_000))]}, "plan"),
        ({"plan": [PlanLine(dt.date(2026, 5, 1), Decimal(0))]}, "plan"),
        ({"others": [PartyLine("giver", "甲", Decimal(1))]}, "others"),
        ({"others": [PartyLine("giver", "甲", Decimal("0.5")), PartyLine("giver", "乙", Decimal("0.5"))]}, "others"),
        ({"others": [PartyLine("witness", "甲", Decimal("0.5"))]}, "others"),
        ({"others": [PartyLine("giver", " ", Decimal("0.5"))]}, "others"),
        ({"others": [PartyLine("giver", "甲", Decimal("0.1")), PartyLine("giver", "甲", Decimal("0.1"))]}, "others"),
        ({"others": [PartyLine("giver", "甲", Decimal("0.1"), "91110000600037341X")]}, "uscc"),
    ],
)
def test_contract_that_contradicts_itself_is_refused(change, field, unchanged):
    deal, holder, _ = published_price()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        sign(deal, holder, **change)

    assert refused.value.field == field
    assert unchanged() == before


def test_contract_without_its_paper_or_with_another_file_is_refused(unchanged, tmp_path):
    deal, holder, _ = published_price()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        sign(deal, holder, file=False)
    assert refused.value.field == "file"
    fake = pdf("合同.exe")
    with pytest.raises(Invalid) as refused:
        services.sign_contract(deal_id=deal.pk, by=holder, terms=terms(deal), file=fake)

    assert refused.value.field == "file"
    assert unchanged() == before
    assert not list((tmp_path / "media").rglob("*.*"))


@pytest.mark.parametrize(
    ("patent", "words"),
    [
        ({"legal_status": "lapsed_unpaid"}, "未缴年费终止"),
        ({"overlays": ["frozen"]}, "被法院保全"),
        ({"overlays": ["pledged"]}, "缺少质权人"),
        ({"filed_on": dt.date(2005, 1, 1)}, "期限届满"),
        ({"holder": None}, "权利人不在"),
    ],
)
def test_transfer_of_a_right_that_cannot_be_given_is_refused(patent, words, unchanged):
    deal, holder, _ = published_price(kind="transfer")
    one = deal.patents.get()
    for name, value in patent.items():
        setattr(one, name, value)
    one.save()
    before = unchanged()

    with pytest.raises(Conflict, match=words) as refused:
        sign(deal, holder)

    assert refused.value.code == "conditions_not_met"
    assert unchanged() == before


def test_co_owners_consent_lets_the_transfer_pass():
    deal, holder, _ = published_price(kind="transfer")
    patent = deal.patents.get()
    for position, name in enumerate([holder.organisation.name, "某研究院"], start=1):
        patent.parties.create(role="applicant", position=position, name=name)
    with pytest.raises(Conflict, match="缺少共有权利人某研究院"):
        sign(deal, holder)
    consent = Consent(patent.pk, "co_owner", "某研究院", days_ago(90))

    services.add_consent(deal_id=deal.pk, by=holder, consent=consent, file=pdf("同意书.pdf"))

    assert sign(deal, holder).findings == []


def test_pledgees_consent_lets_the_licence_pass():
    deal, holder, _ = published_price(overlays=["pledged"])
    with pytest.raises(Conflict, match="民法典第四百四十四条"):
        sign(deal, holder)
    consent = Consent(deal.patents.get().pk, "pledgee", "某银行", days_ago(90))

    services.add_consent(deal_id=deal.pk, by=holder, consent=consent, file=pdf("同意书.pdf"))

    assert sign(deal, holder).findings == []


@pytest.mark.parametrize(
    ("overlay", "kind", "words"),
    [
        ("licensed_exclusive", "ordinary", "有独占许可（专利公报"),
        ("licensed_ordinary", "exclusive", "有普通许可（专利公报"),
        ("open_licence", "sole", "正在开放许可"),
        ("ownership_dispute", "ordinary", "权属纠纷"),
    ],
)
def test_what_the_gazette_laid_on_the_right_stops_the_licence(overlay, kind, words, unchanged):
    deal, holder, _ = published_price(kind=kind, overlays=[overlay])
    before = unchanged()

    with pytest.raises(Conflict, match=words):
        sign(deal, holder)

    assert unchanged() == before


def test_consent_is_entered_once_and_with_its_paper(unchanged):
    deal, holder, _ = talks()
    consent = Consent(deal.patents.get().pk, "co_owner", "某研究院", days_ago(90))
    with pytest.raises(Invalid):
        services.add_consent(deal_id=deal.pk, by=holder, consent=consent, file=None)
    services.add_consent(deal_id=deal.pk, by=holder, consent=consent, file=pdf())
    before = unchanged()

    with pytest.raises(Conflict):
        services.add_consent(deal_id=deal.pk, by=holder, consent=consent, file=pdf())

    assert unchanged() == before


def second_deal(first, holder, kind, changes=None):
    """Talks of another firm about the first deal's patent, up to the contract."""
    firm = sme_user()
    deal = services.enquire(by=firm, patent_ids=[first.patents.get().pk], kind=kind, message="也想用")
    services.answer_enquiry(deal_id=deal.pk, by=holder, message="可以")
    services.start_publicity(deal_id=deal.pk, by=holder, facts=publicity_facts())
    return deal


@pytest.mark.parametrize(
    ("running", "wanted", "words"),
    [
        ("exclusive", "exclusive", "有独占许可"),
        ("exclusive", "ordinary", "有独占许可"),
        ("ordinary", "sole", "有普通许可"),
        ("transfer", "ordinary", "已在交易"),
        ("transfer", "transfer", "已在交易"),
    ],
)
def test_deal_that_conflicts_with_a_running_one_is_refused(running, wanted, words, unchanged):
    first, holder, _ = signed(kind=running)
    deal = second_deal(first, holder, wanted)
    before = unchanged()

    with pytest.raises(Conflict, match=words):
        sign(deal, holder)

    assert unchanged() == before


def test_open_licence_declared_here_stops_an_exclusive_one(unchanged):
    deal, holder, _ = published_price(kind="exclusive")
    declared, _ = published_licence(holder, deal.patents.get())
    before = unchanged()

    with pytest.raises(Conflict, match="正在开放许可"):
        sign(deal, holder)

    assert declared.state == "published"
    assert unchanged() == before


@pytest.mark.parametrize(
    ("kind", "valid_to", "laid"),
    [
        ("exclusive", dt.date(2029, 1, 1), {"licensed_exclusive"}),
        ("sole", dt.date(2029, 1, 1), {"licensed_sole"}),
        ("exclusive", dt.date(2026, 6, 14), set()),
        ("ordinary", dt.date(2029, 1, 1), set()),
    ],
)
def test_licence_signed_here_lies_on_the_patent(kind, valid_to, laid):
    deal, _, _ = signed({"valid_to": valid_to}, kind=kind)

    assert licensed_by_deals(deal.patents.get()) == laid


def test_second_ordinary_licence_and_one_after_an_ended_exclusive_are_fine():
    first, holder, _ = signed(kind="ordinary")
    assert sign(second_deal(first, holder, "ordinary"), holder).findings == []

    first, holder, _ = signed(kind="exclusive")
    services.end_deal(deal_id=first.pk, by=holder, reason="other", note="双方解除")
    assert sign(second_deal(first, holder, "exclusive"), holder).findings == []


def test_licence_beyond_the_right_is_refused(unchanged):
    deal, holder, _ = published_price()
    before = unchanged()

    with pytest.raises(Conflict, match="超过"):
        sign(deal, holder, valid_to=dt.date(2037, 7, 21))

    assert unchanged() == before


def test_royalty_contract_has_no_fixed_value():
    deal, holder, _ = published_price()

    contract = sign(
        deal, holder, pricing="royalty", value_amount=None, royalty_rate=Decimal("0.05"), royalty_base="net_sales"
    )

    assert (contract.value_amount, contract.royalty_rate) == (None, Decimal("0.05"))


def test_only_the_giver_signs_and_only_in_talks(unchanged):
    deal, holder, firm = published_price()
    other, _, _ = enquiry(holder=holder)
    before = unchanged()

    with pytest.raises(NotAllowed):
        sign(deal, firm)
    with pytest.raises(NotFound):
        sign(deal, holder_user())
    with pytest.raises(WrongState):
        sign(other, holder)

    assert unchanged() == before


def test_receiver_confirms_the_contract_once(unchanged):
    deal, holder, firm = signed()
    with pytest.raises(NotAllowed):
        services.confirm_contract(deal_id=deal.pk, by=holder)

    services.confirm_contract(deal_id=deal.pk, by=firm)

    assert DealContract.objects.get().confirmed_by == firm
    before = unchanged()
    with pytest.raises(WrongState):
        services.confirm_contract(deal_id=deal.pk, by=firm)
    assert unchanged() == before


# --- registration and record


def test_technical_contract_number_has_16_digits_and_is_used_once(unchanged):
    deal, holder, _ = signed()
    other, _, _ = signed(holder=holder)
    before = unchanged()
    for wrong in ("2026370101000", "20263701010001a1", "", "２０２６３７０１０１０００１２３"):
        with pytest.raises(Invalid) as refused:
            services.register_technical_contract(deal_id=deal.pk, by=holder, number=wrong)
        assert refused.value.field == "technical_contract_number"
    assert unchanged() == before

    services.register_technical_contract(deal_id=deal.pk, by=holder, number="2026 3701 0100 0123")

    assert deal.contract.technical_contract_number == "2026370101000123"
    before = unchanged()
    with pytest.raises(Conflict, match="已登记"):
        services.register_technical_contract(deal_id=deal.pk, by=holder, number="2026370101000124")
    with pytest.raises(Conflict, match="其他合同"):
        services.register_technical_contract(deal_id=other.pk, by=holder, number="2026370101000123")
    assert unchanged() == before


def test_record_keeps_its_dates():
    deal, _, _ = recorded()

    assert (deal.state, deal.record_number) == ("recorded", "X2026370000001")
    assert (deal.recorded_on, deal.effective_on) == (dt.date(2026, 4, 16), dt.date(2026, 4, 16))
    assert Event.objects.latest("pk").name == "patents.deal.recorded"


@pytest.mark.parametrize(
    ("number", "recorded_on", "effective_on", "field"),
    [
        (" ", dt.date(2026, 4, 1), dt.date(2026, 4, 1), "number"),
        ("X1", dt.date(2026, 3, 26), dt.date(2026, 4, 1), "recorded_on"),
        ("X1", dt.date(2026, 4, 1), dt.date(2026, 3, 26), "effective_on"),
        ("X1", dt.date(2026, 6, 16), dt.date(2026, 4, 1), "recorded_on"),
        ("X1", dt.date(2026, 4, 1), dt.date(2026, 6, 16), "effective_on"),
    ],
)
def test_record_before_the_contract_or_to_come_is_refused(number, recorded_on, effective_on, field, unchanged):
    deal, holder, _ = signed()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.record_deal(
            deal_id=deal.pk, by=holder, facts=RecordFacts(number, recorded_on, effective_on), file=pdf()
        )

    assert refused.value.field == field
    assert unchanged() == before


def test_database_refuses_what_services_never_write():
    deal, _, _ = signed()
    contract = deal.contract

    for change in ({"value_amount": None}, {"pricing": "royalty"}, {"royalty_rate": Decimal("0.5")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DealContract.objects.filter(pk=contract.pk).update(**change)
    for change in ({"state": "ended"}, {"state": "recorded"}, {"end_reason": "price"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Deal.objects.filter(pk=deal.pk).update(**change)


def test_giver_of_the_contract_may_be_a_firm_of_another_city():
    holder = UserFactory(role="holder", organisation=OrganisationFactory(kind="state_firm", city_code="370800"))
    deal, _, _ = talks(holder=holder)

    contract = sign(deal, holder)

    assert contract.deal.parties.get(side="giver").kind == "state_firm"


def test_several_patents_are_judged_each():
    holder, firm = holder_user(), sme_user()
    good, bad = PatentFactory.create_batch(2, holder=holder.organisation)
    deal = services.enquire(by=firm, patent_ids=[good.pk, bad.pk], kind="transfer", message="两件一起")
    services.answer_enquiry(deal_id=deal.pk, by=holder, message="可以")
    services.start_publicity(deal_id=deal.pk, by=holder, facts=publicity_facts())
    type(bad).objects.filter(pk=bad.pk).update(legal_status="expired")

    with pytest.raises(Conflict) as refused:
        sign(deal, holder)

    assert bad.display_number in refused.value.message
    assert good.display_number not in refused.value.message
