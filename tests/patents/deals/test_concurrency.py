"""Two connections at once, as two web processes have."""

from decimal import Decimal

import pytest

from patents.models import Deal, DealContract, IncomeWorksheet
from patents.policy.deal_terms import PayoutFacts, SupplementTerms
from patents.queries.deals import received_total
from patents.services import deals as services
from tests.concurrency import at_once
from tests.factories.accounts import holder_user, sme_user
from tests.factories.deals import (
    days_ago,
    divided,
    paid,
    payment,
    pdf,
    publicity_facts,
    recorded,
    terms,
    worksheet_terms,
)
from tests.factories.patents import PatentFactory
from tests.factories.policy import load_shipped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def rules(db):
    load_shipped()


def test_two_payments_at_once_do_not_exceed_the_contract():
    deal, holder, _ = recorded()

    def receive():
        services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, "200000.00"), file=pdf())

    assert sorted(at_once(receive, receive)) == ["", "invalid"]
    assert received_total(deal) == Decimal("200000.00")


def test_two_exclusive_licences_signed_at_once_make_one():
    holder = holder_user()
    patent = PatentFactory(holder=holder.organisation)
    deals = []
    for _ in range(2):
        deal = services.enquire(by=sme_user(), patent_ids=[patent.pk], kind="exclusive", message="希望独占")
        services.answer_enquiry(deal_id=deal.pk, by=holder, message="可以")
        services.start_publicity(deal_id=deal.pk, by=holder, facts=publicity_facts())
        deals.append(deal)

    def sign(deal):
        services.sign_contract(deal_id=deal.pk, by=holder, terms=terms(deal), file=pdf())

    assert sorted(at_once(*[lambda deal=deal: sign(deal) for deal in deals])) == ["", "conditions_not_met"]
    assert DealContract.objects.count() == 1


def test_one_firm_asks_twice_at_once_and_has_one_enquiry():
    firm, patent = sme_user(), PatentFactory(holder=holder_user().organisation)

    def ask():
        services.enquire(by=firm, patent_ids=[patent.pk], kind="ordinary", message="想了解")

    assert sorted(at_once(ask, ask, ask)) == ["", "enquiry_exists", "enquiry_exists"]
    assert Deal.objects.count() == 1


def test_two_payouts_at_once_do_not_exceed_what_is_due():
    _, holder, _, sheet = divided()
    share = sheet.shares.first()
    facts = PayoutFacts(amount=share.amount, paid_on=days_ago(5))

    def pay():
        services.pay_out(share_id=share.pk, by=holder, facts=facts, file=pdf())

    assert sorted(at_once(pay, pay)) == ["", "invalid"]
    assert share.payouts.count() == 1


def test_two_answers_to_a_supplement_at_once_are_one():
    deal, holder, firm = recorded({"price_way": "listing"})
    change = SupplementTerms("BC-1", days_ago(30), "范围缩小", Decimal("240000.00"))
    services.propose_supplement(deal_id=deal.pk, by=holder, terms=change, file=pdf())

    results = at_once(
        lambda: services.confirm_supplement(deal_id=deal.pk, by=firm),
        lambda: services.withdraw_supplement(deal_id=deal.pk, by=holder, reason="录错"),
    )

    assert sorted(results) == ["", "not_found"]
    value = DealContract.objects.get().value_amount
    assert value == (Decimal("240000.00") if results[0] == "" else Decimal("300000.00"))


def test_payment_and_smaller_value_at_once_never_leave_more_than_the_value():
    deal, holder, firm = recorded({"price_way": "listing"})
    change = SupplementTerms("BC-1", days_ago(30), "范围缩小", Decimal("50000.00"))
    services.propose_supplement(deal_id=deal.pk, by=holder, terms=change, file=pdf())

    results = at_once(
        lambda: services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, "60000.00"), file=pdf()),
        lambda: services.confirm_supplement(deal_id=deal.pk, by=firm),
    )

    assert sorted(results) == ["", "invalid"]
    assert received_total(deal) <= DealContract.objects.get().value_amount


def test_reversal_and_worksheet_at_once_leave_no_divided_reversal():
    deal, holder, _, money = paid()

    results = at_once(
        lambda: services.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason="录错"),
        lambda: services.draft_worksheet(money_id=money.pk, by=holder, terms=worksheet_terms()),
    )

    assert results in (["", "already_reversed"], ["", ""])
    assert received_total(deal) == 0
    assert not IncomeWorksheet.objects.exclude(state="void").exists()
