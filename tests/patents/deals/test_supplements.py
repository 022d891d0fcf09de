"""A signed contract is changed by a supplement that both sides agree to; the original stays on record."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction

from patents.models import ContractSupplement, PaymentPlanLine
from patents.policy.deal_terms import PlanLine, SupplementTerms
from patents.queries.deals import contract_of
from patents.services import deals as services
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import holder_user
from tests.factories.deals import (
    PAID,
    SIGNED,
    paid,
    payment,
    pdf,
    publicity_facts,
    recorded,
    refreshed,
    signed,
    talks,
)
from tests.patents.deals.conftest import TODAY

pytestmark = pytest.mark.django_db


def ago(days):
    """A day before the day of these tests, also while they are collected."""
    return TODAY - dt.timedelta(days=days)


LISTED = {"price_way": "listing"}
"""A price found on the market needs no publicity, so that a test of other things does without one."""
HALVES = [
    PlanLine(ago(SIGNED - 1), Decimal("150000.00"), "签订后付"),
    PlanLine(ago(PAID), Decimal("150000.00"), "交付后付"),
]


def change(**changes):
    values = {"number": "BC-1", "signed_on": ago(30), "reason": "实施范围缩小"}
    return SupplementTerms(**values | changes)


def propose(deal, holder, **changes):
    return services.propose_supplement(deal_id=deal.pk, by=holder, terms=change(**changes), file=pdf("补充协议.pdf"))


def test_supplement_holds_once_the_other_side_confirms():
    deal, holder, firm = recorded(LISTED)

    made = propose(deal, holder, value_amount=Decimal("240000.00"), valid_to=ago(-400))

    assert (contract_of(deal).value_amount, made.state) == (Decimal("300000.00"), "proposed")
    assert Notice.objects.latest("pk").title == f"交易 {deal.ref} 登记了补充协议 BC-1，请核对并确认"
    services.confirm_supplement(deal_id=deal.pk, by=firm)
    contract = contract_of(deal)
    made.refresh_from_db()
    assert (contract.value_amount, contract.valid_to) == (Decimal("240000.00"), ago(-400))
    assert (made.state, made.value_before, made.valid_to_before, made.answered_by) == (
        "confirmed",
        Decimal("300000.00"),
        ago(SIGNED - 3 * 365),
        firm,
    )
    event = Event.objects.latest("pk")
    assert (event.name, event.payload["value_before"], event.payload["value_after"]) == (
        "patents.deal.contract_amended",
        "300000.00",
        "240000.00",
    )


def test_new_value_takes_a_new_plan_and_keeps_the_old_lines():
    deal, holder, firm = recorded(LISTED | {"plan": HALVES})
    with pytest.raises(Invalid) as refused:
        propose(deal, holder, value_amount=Decimal("200000.00"))
    assert refused.value.field == "plan"
    lines = [HALVES[0], PlanLine(ago(10), Decimal("50000.00"))]

    propose(deal, holder, value_amount=Decimal("200000.00"), plan=lines)

    before = list(PaymentPlanLine.objects.filter(is_current=True).values_list("amount", flat=True))
    services.confirm_supplement(deal_id=deal.pk, by=firm)
    after = list(PaymentPlanLine.objects.filter(is_current=True).values_list("amount", flat=True))
    assert (before, after) == ([Decimal("150000.00")] * 2, [Decimal("150000.00"), Decimal("50000.00")])
    assert PaymentPlanLine.objects.count() == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "value_amount"),
        ({"value_amount": Decimal("300000.00")}, "value_amount"),
        ({"value_amount": Decimal("99999.99")}, "value_amount"),
        ({"value_amount": Decimal(0)}, "value_amount"),
        ({"value_amount": Decimal("200000.00"), "number": " "}, "number"),
        ({"value_amount": Decimal("200000.00"), "reason": " "}, "reason"),
        ({"value_amount": Decimal("200000.00"), "signed_on": ago(SIGNED + 1)}, "signed_on"),
        ({"value_amount": Decimal("200000.00"), "signed_on": ago(-1)}, "signed_on"),
        ({"valid_to": ago(31)}, "valid_to"),
        ({"valid_to": ago(SIGNED - 3 * 365)}, "valid_to"),
        ({"plan": [PlanLine(ago(1), Decimal(1))]}, "plan"),
    ],
)
def test_supplement_that_cannot_be_is_refused_with_its_field(changes, field, unchanged):
    deal, holder, _, _ = paid("100000.00", changes=LISTED)
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        propose(deal, holder, **changes)

    assert refused.value.field == field
    assert unchanged() == before
    assert not ContractSupplement.objects.exists()


def test_agreed_price_of_an_institution_is_made_public_before_it_changes(unchanged):
    deal, holder, firm = signed()
    before = unchanged()
    with pytest.raises(Conflict, match=r"公示价格 300000\.00 元与合同金额不一致"):
        propose(deal, holder, value_amount=Decimal("240000.00"))
    assert unchanged() == before
    facts = publicity_facts(price_amount=Decimal("240000.00"), starts_on=ago(50), ends_on=ago(35))

    services.start_publicity(deal_id=deal.pk, by=holder, facts=facts)

    propose(deal, holder, value_amount=Decimal("240000.00"))
    services.confirm_supplement(deal_id=deal.pk, by=firm)
    assert contract_of(deal).value_amount == Decimal("240000.00")
    assert [one.withdrawn_at is None for one in deal.publicities.order_by("pk")] == [False, True]


def test_term_is_not_lengthened_beyond_the_right(unchanged):
    deal, holder, _ = recorded(LISTED, kind="exclusive")
    patent = deal.patents.get()
    before = unchanged()

    with pytest.raises(Conflict, match=r"超过 .* 的保护期"):
        propose(deal, holder, valid_to=patent.filed_on.replace(year=patent.filed_on.year + 21))

    assert unchanged() == before


def test_one_supplement_waits_at_a_time_and_can_be_refused_or_withdrawn():
    deal, holder, firm = recorded(LISTED)
    propose(deal, holder, value_amount=Decimal("240000.00"))
    with pytest.raises(Conflict) as refused:
        propose(deal, holder, value_amount=Decimal("230000.00"))
    assert refused.value.code == "supplement_waits"

    services.refuse_supplement(deal_id=deal.pk, by=firm, reason="未商定")
    propose(deal, holder, value_amount=Decimal("230000.00"), number="BC-2")
    services.withdraw_supplement(deal_id=deal.pk, by=holder, reason="录错")

    assert contract_of(deal).value_amount == Decimal("300000.00")
    states = ContractSupplement.objects.order_by("pk").values_list("number", "state", "answer_note")
    assert list(states) == [("BC-1", "refused", "未商定"), ("BC-2", "withdrawn", "录错")]


def test_only_the_right_side_acts_and_only_while_the_contract_runs(unchanged):
    deal, holder, firm = recorded(LISTED)
    early, early_holder, _ = talks()
    propose(deal, holder, value_amount=Decimal("240000.00"))
    before = unchanged()

    with pytest.raises(NotAllowed):
        propose(deal, firm, value_amount=Decimal("230000.00"))
    with pytest.raises(NotAllowed):
        services.confirm_supplement(deal_id=deal.pk, by=holder)
    with pytest.raises(NotFound):
        services.confirm_supplement(deal_id=deal.pk, by=holder_user())
    with pytest.raises(WrongState):
        propose(early, early_holder, value_amount=Decimal(1))

    assert unchanged() == before


def test_money_that_came_in_meanwhile_is_asked_again(unchanged):
    deal, holder, firm = recorded(LISTED)
    propose(deal, holder, value_amount=Decimal("90000.00"))
    services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, "100000.00"), file=pdf())
    before = unchanged()

    with pytest.raises(Invalid, match=r"已到账 100,000\.00 元，超过变更后金额 90,000\.00 元"):
        services.confirm_supplement(deal_id=deal.pk, by=firm)

    assert unchanged() == before


def test_payments_are_bounded_by_the_changed_value():
    deal, holder, firm = recorded(LISTED)
    propose(deal, holder, value_amount=Decimal("90000.00"))
    services.confirm_supplement(deal_id=deal.pk, by=firm)

    with pytest.raises(Invalid, match=r"超过合同金额 90,000\.00 元"):
        services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, "90000.01"), file=pdf())

    services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, "90000.00"), file=pdf())
    services.close_deal(deal_id=deal.pk, by=holder)
    assert refreshed(deal).state == "closed"


def test_database_keeps_what_a_supplement_says():
    deal, holder, _ = recorded(LISTED)
    made = propose(deal, holder, value_amount=Decimal("240000.00"))
    rows = ContractSupplement.objects.filter(pk=made.pk)

    for act in (lambda: rows.update(value_after=1), rows.delete):
        with pytest.raises(InternalError), transaction.atomic():
            act()
    with pytest.raises(IntegrityError, match="supplement_answered_at"), transaction.atomic():
        rows.update(state="confirmed")


def test_deal_is_not_closed_while_a_supplement_waits_and_its_end_ends_it(unchanged):
    deal, holder, firm, _ = paid("300000.00", changes=LISTED)
    propose(deal, holder, valid_to=ago(-400))
    before = unchanged()
    with pytest.raises(Conflict) as refused:
        services.close_deal(deal_id=deal.pk, by=holder)
    assert (refused.value.code, unchanged() == before) == ("supplement_waits", True)

    services.end_deal(deal_id=deal.pk, by=firm, reason="price", note="协商解除")

    made = ContractSupplement.objects.get()
    assert (made.state, made.answer_note, contract_of(deal).valid_to) == (
        "withdrawn",
        "交易终止",
        ago(SIGNED - 3 * 365),
    )
