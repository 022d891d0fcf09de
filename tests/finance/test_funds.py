"""Operation funds from contribution to exit, never below zero; meetings of banks and firms."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finance import services
from finance.models import BankMeeting, FundEntry, FundInvestment, OperationFund
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from tests.factories.accounts import OrganisationFactory, bank_user, city_user, finance_user, province_user, sme_user
from tests.factories.patents import PatentFactory

D = dt.date
pytestmark = pytest.mark.django_db


def fund(**changes):
    values = {
        "name": "齐鲁专利运营基金", "manager": "齐鲁基金管理有限公司", "target_amount": Decimal("100000000.00"),
        "founded_on": D(2022, 1, 1), "purpose": "高价值专利",
    }  # fmt: skip
    return services.found_fund(facts=services.FundFacts(**values | changes), by=province_user())


DAY = D(2023, 1, 1)


def money(amount, number, on=DAY, party=""):
    return services.Movement(Decimal(amount), on, number, party)


def contribute(found, amount="1000000.00", number="C1"):
    return services.move_fund_money(
        fund_id=found.pk, kind="contribution", movement=money(amount, number), by=finance_user()
    )


def state():
    found = OperationFund.objects.with_money().get()
    return found.contributed, found.invested, found.returned, found.balance


def test_a_fund_from_contribution_to_exit():
    found, keeper = fund(), finance_user()
    contribute(found)
    patent, firm = PatentFactory(), sme_user().organisation
    first = services.invest(fund_id=found.pk, movement=money("300000.00", "I1"), by=keeper, patent=patent)
    second = services.invest(
        fund_id=found.pk, movement=money("500000.00", "I2"), by=keeper, firm=firm, share=Decimal("0.1")
    )
    assert state() == (Decimal("1000000.00"), Decimal("800000.00"), Decimal("0.00"), Decimal("200000.00"))

    services.move_fund_money(
        fund_id=found.pk, kind="income", movement=money("20000.00", "R1"), by=keeper, investment_id=first.pk
    )
    services.exit_investment(
        investment_id=first.pk, way="transfer", movement=money("450000.00", "E1", D(2024, 1, 1)), by=keeper
    )
    services.exit_investment(
        investment_id=second.pk, way="liquidation", movement=money("0.00", "", D(2024, 1, 1)), by=keeper
    )
    services.move_fund_money(fund_id=found.pk, kind="fee", movement=money("10000.00", "F1"), by=keeper)
    services.move_fund_money(fund_id=found.pk, kind="distribution", movement=money("660000.00", "D1"), by=keeper)

    assert state() == (Decimal("1000000.00"), Decimal("800000.00"), Decimal("470000.00"), Decimal("0.00"))
    rows = FundInvestment.objects.with_money().order_by("id")
    assert [(row.paid, row.returned, row.state, row.exit_way) for row in rows] == [
        (Decimal("300000.00"), Decimal("470000.00"), "exited", "transfer"),
        (Decimal("500000.00"), Decimal("0.00"), "exited", "liquidation"),
    ]
    with pytest.raises(WrongState):
        services.exit_investment(investment_id=first.pk, way="transfer", movement=money("1.00", "E9"), by=keeper)


@pytest.mark.parametrize("kind", ["fee", "distribution"])
def test_a_fund_never_pays_more_than_it_has(kind):
    found = fund()
    contribute(found)

    with pytest.raises(Conflict, match="基金余额"):
        services.move_fund_money(fund_id=found.pk, kind=kind, movement=money("1000000.01", "X"), by=finance_user())
    with pytest.raises(Conflict, match="基金余额"):
        services.invest(fund_id=found.pk, movement=money("1000000.01", "X"), by=finance_user(), patent=PatentFactory())

    assert (FundEntry.objects.count(), FundInvestment.objects.count()) == (1, 0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["contribution", "fee", "distribution"]), st.decimals("0.01", "900.00", places=2)),
        max_size=8,
    )
)
def test_a_balance_is_the_sum_of_its_entries_and_never_below_zero(moves):
    with transaction.atomic():
        found, keeper, expected = fund(), finance_user(), Decimal("0.00")
        for place, (kind, amount) in enumerate(moves):
            try:
                with transaction.atomic():
                    services.move_fund_money(fund_id=found.pk, kind=kind, movement=money(amount, str(place)), by=keeper)
            except Conflict:
                assert kind != "contribution"
                assert amount > expected
            else:
                expected += amount if kind == "contribution" else -amount
        assert OperationFund.objects.with_money().get().balance == expected >= 0
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("movement", "error", "field"),
    [
        (money("0.00", "1"), Invalid, "amount"),
        (money("1.001", "1"), Invalid, "amount"),
        (money("1.00", " "), Invalid, "number"),
        (money("1.00", "C1"), Conflict, "number"),
        (money("1.00", "1", D(2021, 12, 31)), Invalid, "on"),
        (money("1.00", "1", D(2100, 1, 1)), Invalid, "on"),
    ],
)
def test_a_movement_that_cannot_be_names_its_field(movement, error, field):
    found = fund()
    contribute(found)

    with pytest.raises(error) as refusal:
        services.move_fund_money(fund_id=found.pk, kind="contribution", movement=movement, by=finance_user())

    assert (refusal.value.field, FundEntry.objects.count()) == (field, 1)


def test_an_investment_is_in_a_patent_or_a_firm():
    found = fund()
    contribute(found)
    for chosen in ({}, {"patent": PatentFactory(), "firm": sme_user().organisation}):
        with pytest.raises(Invalid):
            services.invest(fund_id=found.pk, movement=money("1.00", "I"), by=finance_user(), **chosen)
    with pytest.raises(IntegrityError, match="investment_in_patent_or_firm"), transaction.atomic():
        FundInvestment.objects.create(fund=found, invested_on=D(2023, 1, 1))
    with pytest.raises(Invalid, match="取得收益的投资"):
        services.move_fund_money(fund_id=found.pk, kind="income", movement=money("1.00", "R"), by=finance_user())


@pytest.mark.parametrize("user", [city_user, sme_user, bank_user])
def test_only_province_and_finance_department_keep_funds(user):
    found = fund()

    with pytest.raises(NotAllowed):
        services.move_fund_money(fund_id=found.pk, kind="contribution", movement=money("1.00", "1"), by=user())
    with pytest.raises(NotAllowed):
        services.found_fund(facts=services.FundFacts("甲", "乙", Decimal(1), D(2022, 1, 1), "丙"), by=user())
    with pytest.raises((NotAllowed, NotFound)):
        services.exit_investment(investment_id=0, way="transfer", movement=money("1.00", "1"), by=user())


def test_a_fund_is_kept_in_the_admin(client):
    client.force_login(finance_user())
    facts = {
        "name": "基金", "manager": "管理人", "target_amount": "1000000", "founded_on": "2023-01-01", "purpose": "专利",
    }  # fmt: skip
    assert client.post(reverse("admin:finance_operationfund_add"), facts).status_code == 302
    found = OperationFund.objects.get()
    handle = reverse("admin:finance_operationfund_handle", args=[found.pk])
    client.post(handle, {"step": "contribute", "contribute-amount": "50万", "contribute-on": "2023-02-01",
                         "contribute-number": "C1", "contribute-party": "省财政"})  # fmt: skip
    patent = PatentFactory()
    client.post(handle, {"step": "invest", "invest-amount": "10万", "invest-on": "2023-03-01", "invest-number": "I1",
                         "invest-patent": patent.display_number, "invest-share": "50"})  # fmt: skip

    row = FundInvestment.objects.get()
    assert (row.patent, row.share, state()[3]) == (patent, Decimal("0.5"), Decimal("400000.00"))
    assert "400,000.00" in client.get(reverse("admin:finance_operationfund_changelist")).content.decode()


# --- meetings


def meeting(by, **changes):
    values = {
        "title": "银企对接会",
        "on": D(2026, 5, 1),
        "city_code": "370100",
        "place": "会议中心",
        "summary": "介绍产品",
    }
    sides = {name: changes.pop(name) for name in ("institutions", "firms") if name in changes}
    facts = services.MeetingFacts(**values | changes)
    given = {"institutions": [bank_user().organisation], "firms": [sme_user().organisation]} | sides
    return services.record_bank_meeting(facts=facts, by=by, **given)


def test_a_meeting_is_kept_with_who_took_part():
    made = meeting(city_user("370100"), intent_count=2, intent_amount=Decimal("3000000.00"))

    assert (made.institutions.count(), made.firms.count(), made.intent_amount) == (1, 1, Decimal("3000000.00"))
    assert not BankMeeting.objects.visible_to(city_user("370200")).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"on": D(2100, 1, 1)}, "on"),
        ({"city_code": "370200"}, "city_code"),
        ({"institutions": []}, "institutions"),
        ({"firms": []}, "firms"),
        ({"intent_amount": Decimal("1.00")}, "intent_amount"),
    ],
)
def test_a_meeting_that_cannot_be_names_its_field(changes, field):
    with pytest.raises(Invalid) as refusal:
        meeting(city_user("370100"), **changes)

    assert refusal.value.field == field
    assert not BankMeeting.objects.exists()


def test_a_firm_is_no_institution_and_firms_record_nothing():
    with pytest.raises(Invalid):
        meeting(province_user(), institutions=[OrganisationFactory()])
    with pytest.raises(NotAllowed):
        meeting(sme_user())


def test_a_meeting_is_recorded_in_the_admin(client):
    client.force_login(city_user("370100"))
    facts = {
        "title": "对接会", "on": "2026-05-01", "city_code": "370100", "place": "会议中心", "summary": "介绍产品",
        "institutions": [bank_user().organisation_id], "firms": [sme_user().organisation_id], "intent_count": "1",
        "intent_amount": "100",
    }  # fmt: skip

    assert client.post(reverse("admin:finance_bankmeeting_add"), facts).status_code == 302

    kept = BankMeeting.objects.get()
    assert (kept.institutions.count(), kept.firms.count()) == (1, 1)
