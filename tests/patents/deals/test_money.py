"""Money received: rows that are only added, never above the contract."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction

from patents.models import MoneyReceived
from patents.policy.deal_terms import RecordFacts
from patents.queries.deals import received_by_kind, received_total, with_received
from patents.services import deals as services
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import holder_user
from tests.factories.deals import days_ago, divided, paid, payment, pdf, recorded, refreshed, signed, talks

pytestmark = pytest.mark.django_db

ROYALTY = {
    "pricing": "royalty",
    "value_amount": None,
    "royalty_rate": Decimal("0.05"),
    "royalty_base": "net_sales",
}


def receive(deal, holder, amount="100000.00", file=None, **changes):
    return services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, amount, **changes), file=file or pdf())


def test_payment_is_kept_with_its_evidence_and_moves_the_deal_on():
    deal, holder, firm = recorded()

    money = receive(deal, holder)

    assert (refreshed(deal).state, received_total(deal)) == ("paying", Decimal("100000.00"))
    assert (money.payer.organisation, money.document.kind, money.recorded_by) == (firm.organisation, "receipt", holder)
    event = Event.objects.latest("pk")
    assert (event.name, event.payload["amount"], event.payload["received_on"]) == (
        "patents.deal.money_received",
        "100000.00",
        str(days_ago(40)),
    )
    assert Notice.objects.latest("pk").title == f"交易 {deal.ref} 登记到账 10.00 万元，累计 10.00 万元"


def test_deposit_before_the_record_leaves_the_state_until_the_record():
    deal, holder, _ = signed()

    receive(deal, holder)

    assert refreshed(deal).state == "contract"
    facts = RecordFacts("X1", days_ago(30), days_ago(30))
    services.record_deal(deal_id=deal.pk, by=holder, facts=facts, file=pdf())
    assert refreshed(deal).state == "paying"


@pytest.mark.parametrize(
    ("amount", "change", "field"),
    [
        ("300000.01", {}, "amount"),
        ("0", {}, "amount"),
        ("-1", {}, "amount"),
        ("0.001", {}, "amount"),
        ("1", {"received_on": dt.date(2026, 3, 26)}, "received_on"),
        ("1", {"received_on": dt.date(2026, 6, 16)}, "received_on"),
        ("1", {"kind": "royalty"}, "kind"),
        ("1", {"kind": "shares"}, "kind"),
        ("1", {"kind": "gift"}, "kind"),
        ("1", {"payer_id": 0}, "payer"),
    ],
)
def test_payment_that_the_contract_cannot_bring_is_refused(amount, change, field, unchanged):
    deal, holder, _ = recorded()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        receive(deal, holder, amount, **change)

    assert refused.value.field == field
    assert unchanged() == before


def test_payments_together_never_exceed_the_contract(unchanged):
    deal, holder, _ = recorded()
    receive(deal, holder, "200000.00")
    receive(deal, holder, "100000.00")
    before = unchanged()

    with pytest.raises(Invalid, match=r"累计到账 300,000\.01 元超过合同金额 300,000\.00 元") as refused:
        receive(deal, holder, "0.01")

    assert refused.value.field == "amount"
    assert unchanged() == before


def test_giver_is_no_payer_and_receiver_records_nothing(unchanged):
    deal, holder, firm = recorded()
    giver = deal.parties.get(side="giver")
    before = unchanged()

    with pytest.raises(Invalid):
        receive(deal, holder, payer_id=giver.pk)
    with pytest.raises(NotAllowed):
        receive(deal, firm)
    with pytest.raises(NotFound):
        receive(deal, holder_user())

    assert unchanged() == before


def test_payment_without_evidence_or_before_the_contract_is_refused(unchanged):
    deal, holder, _ = recorded()
    early, early_holder, _ = talks()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal), file=None)
    assert refused.value.field == "file"
    with pytest.raises(WrongState):
        receive(early, early_holder)

    assert unchanged() == before


def test_same_evidence_twice_is_one_payment(unchanged):
    deal, holder, _ = recorded()
    slip = pdf()
    receive(deal, holder, file=slip)
    before = unchanged()

    with pytest.raises(Conflict) as refused:
        receive(deal, holder, file=slip)

    assert refused.value.code == "money_exists"
    assert unchanged() == before


def test_royalties_have_no_ceiling_and_no_price():
    deal, holder, _ = recorded(ROYALTY)

    receive(deal, holder, "9999999.99", kind="royalty")
    receive(deal, holder, "0.01", kind="royalty")

    assert received_by_kind(deal) == {"royalty": Decimal("10000000.00")}
    with pytest.raises(Invalid) as refused:
        receive(deal, holder, "1", kind="price")
    assert refused.value.field == "kind"


def test_entry_fee_is_bounded_and_its_royalty_is_not():
    deal, holder, _ = recorded(ROYALTY | {"pricing": "entry_royalty", "value_amount": Decimal(300_000)})
    receive(deal, holder, "300000.00")
    receive(deal, holder, "500000.00", kind="royalty")

    with pytest.raises(Invalid):
        receive(deal, holder, "0.01")

    assert received_total(deal) == Decimal("800000.00")


def test_investment_takes_shares_up_to_its_value():
    deal, holder, _ = recorded(kind="investment")

    receive(deal, holder, "300000.00", kind="shares")

    with pytest.raises(Invalid):
        receive(deal, holder, "0.01")
    assert received_by_kind(deal) == {"shares": Decimal("300000.00")}


def test_free_contract_brings_nothing(unchanged):
    deal, holder, _ = recorded({"pricing": "free", "value_amount": None, "price_way": "listing"})
    before = unchanged()

    with pytest.raises(Invalid):
        receive(deal, holder, "0.01")

    assert deal.contract.value_amount == 0
    assert unchanged() == before


def test_reversal_makes_room_again():
    deal, holder, _, money = paid("300000.00")

    reversal = services.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason="金额录错")

    assert (reversal.amount, reversal.reverses, reversal.note) == (Decimal("-300000.00"), money, "金额录错")
    assert received_total(deal) == 0
    receive(deal, holder, "30000.00", file=pdf())
    assert received_total(deal) == Decimal("30000.00")
    assert [event.name for event in Event.objects.order_by("-pk")[:2]] == [
        "patents.deal.money_received",
        "patents.deal.money_reversed",
    ]


def test_reversal_is_made_once_with_a_reason_and_not_of_a_reversal(unchanged):
    deal, holder, _, money = paid()
    before = unchanged()
    with pytest.raises(Invalid):
        services.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason=" ")
    assert unchanged() == before
    reversal = services.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason="重复")
    before = unchanged()

    with pytest.raises(Conflict):
        services.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason="再来")
    with pytest.raises(NotFound):
        services.reverse_money(deal_id=deal.pk, money_id=reversal.pk, by=holder, reason="再来")

    assert unchanged() == before


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_reversal_voids_what_divided_the_payment(is_confirmed):
    deal, holder, money, sheet = divided(confirmed=is_confirmed)

    services.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason="录错")

    sheet.refresh_from_db()
    assert (sheet.state, sheet.void_reason) == ("void", "到账冲销：录错")
    assert Event.objects.filter(name="patents.deal.income_voided").count() == int(is_confirmed)


def test_reversal_after_the_end_opens_a_closed_deal_again():
    deal, holder, _, money = paid("300000.00")
    services.close_deal(deal_id=deal.pk, by=holder)

    services.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason="银行退票")

    deal = refreshed(deal)
    assert (deal.state, deal.closed_on, received_total(deal)) == ("paying", None, 0)
    assert Event.objects.latest("pk").name == "patents.deal.reopened"
    receive(deal, holder, "300000.00")
    services.close_deal(deal_id=deal.pk, by=holder)
    assert refreshed(deal).state == "closed"


def test_reversal_in_an_ended_deal_leaves_it_ended():
    deal, holder, _, money = paid()
    services.end_deal(deal_id=deal.pk, by=holder, reason="price", note="协商解除")

    services.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason="已退款")

    assert (refreshed(deal).state, received_total(deal)) == ("ended", 0)


def test_database_keeps_money_rows_as_they_are():
    _, _, _, money = paid()

    for act in (
        lambda: MoneyReceived.objects.filter(pk=money.pk).update(amount=1),
        lambda: MoneyReceived.objects.filter(pk=money.pk).delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        MoneyReceived.objects.create(
            deal=money.deal, kind="price", amount=-1, received_on=money.received_on, payer=money.payer,
            document=money.document, recorded_by=money.recorded_by,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "note", "is_closed"), [("300000.00", "", True), ("1", "", False), ("1", "尾款免除", True)]
)
def test_close_needs_all_the_money_or_an_explanation(amount, note, is_closed, unchanged):
    deal, holder, _, _ = paid(amount)
    before = unchanged()

    if not is_closed:
        with pytest.raises(Invalid) as refused:
            services.close_deal(deal_id=deal.pk, by=holder, note=note)
        assert refused.value.field == "end_note"
        assert unchanged() == before
        return
    services.close_deal(deal_id=deal.pk, by=holder, note=note)

    assert refreshed(deal).state == "closed"
    assert Event.objects.latest("pk").payload["received_amount"] == str(Decimal(amount).quantize(Decimal("0.01")))


def test_sums_of_a_list_do_not_multiply_by_patents():
    deal, holder, _ = recorded(count=3)
    receive(deal, holder, "100000.00")
    receive(deal, holder, "50000.00")

    [row] = with_received(type(deal).objects.all())

    assert (row.received_amount, len(row.items.all())) == (Decimal("150000.00"), 3)
