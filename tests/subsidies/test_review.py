import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.models import Event
from subsidies import services
from subsidies.models import Budget, BudgetEntry, Claim, Objection, SiteCheck
from tests.factories.accounts import city_user, finance_user, province_user
from tests.factories.subsidies import (
    ACCOUNT,
    approved_claim,
    budget,
    firm_of,
    firm_user,
    passed_claim,
    payable_claim,
    submitted_claim,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


def state_of(claim):
    return Claim.objects.get(pk=claim.pk).state


# --- three persons


def test_city_province_and_finance_pass_a_claim_each_in_turn():
    claim, money = submitted_claim(), budget()
    city, province, finance = city_user("370200"), province_user(), finance_user()

    services.pass_claim(claim_id=claim.pk, by=city, no_conflict=True)
    services.pass_claim(claim_id=claim.pk, by=province, no_conflict=True)
    services.approve_claim(claim_id=claim.pk, by=finance, no_conflict=True)

    kept = Claim.objects.get()
    assert (kept.state, kept.approved_amount) == ("approved", Decimal("62962.50"))
    assert (kept.city_by, kept.province_by, kept.finance_by) == (city, province, finance)
    money.refresh_from_db()
    assert (money.reserved_amount, money.paid_amount, money.left_amount) == (
        Decimal("62962.50"), Decimal("0.00"), Decimal("437037.50"),
    )  # fmt: skip
    assert list(BudgetEntry.objects.values_list("kind", "amount")) == [("reserve", Decimal("62962.50"))]


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("province", WrongState),
        ("finance", NotAllowed),
        ("other city", NotFound),
        ("firm", NotAllowed),
    ],
)
def test_only_the_claims_city_passes_it_first(who, error):
    claim = submitted_claim()
    people = {"province": province_user, "finance": finance_user, "other city": city_user}
    by = firm_user(claim) if who == "firm" else people[who]()
    events = Event.objects.count()

    with pytest.raises(error):
        services.pass_claim(claim_id=claim.pk, by=by, no_conflict=True)

    assert (state_of(claim), Event.objects.count()) == ("submitted", events)


def test_the_database_refuses_one_person_at_two_stages():
    claim = passed_claim()

    with pytest.raises(IntegrityError, match="claim_three_persons"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(finance_by=claim.province_by)


def test_who_has_not_declared_or_has_recused_himself_decides_nothing():
    claim, city = submitted_claim(), city_user("370200")
    with pytest.raises(Invalid) as refusal:
        services.pass_claim(claim_id=claim.pk, by=city, no_conflict=False)
    assert refusal.value.field == "no_conflict"

    services.recuse(by=city, organisation_id=claim.organisation_id, reason="近亲属任职")
    with pytest.raises(NotAllowed):
        services.pass_claim(claim_id=claim.pk, by=city, no_conflict=True)

    assert state_of(claim) == "submitted"


# --- back to the firm


def test_a_comment_on_one_field_a_return_with_a_clock_and_a_second_submission():
    claim, city = submitted_claim(), city_user("370200")
    services.comment(claim_id=claim.pk, by=city, field="account", text="开户行写到支行")
    with pytest.raises(WrongState):
        services.pass_claim(claim_id=claim.pk, by=city, no_conflict=True)

    returned = services.return_claim(claim_id=claim.pk, by=city, note="请补正账户")
    assert (returned.state, returned.due_on) == ("returned", clock.today() + dt.timedelta(days=10))
    services.confirm_claim(claim_id=claim.pk, by=firm_user(claim), account=ACCOUNT, consent=True)
    services.pass_claim(claim_id=claim.pk, by=city, no_conflict=True)

    assert state_of(claim) == "city_passed"


def test_a_returned_claim_lapses_after_its_days_and_can_be_taken_up_again():
    claim = submitted_claim()
    services.return_claim(claim_id=claim.pk, by=city_user("370200"), note="请补正")
    assert services.lapse_returned() == 0
    Claim.objects.update(due_on=clock.today() - dt.timedelta(days=1))

    assert (services.lapse_returned(), state_of(claim)) == (1, "lapsed")

    services.confirm_claim(claim_id=claim.pk, by=firm_user(claim), account=ACCOUNT, consent=True)
    assert state_of(claim) == "submitted"


def test_the_firm_withdraws_before_money_is_held_and_not_after():
    claim = passed_claim()
    services.withdraw_claim(claim_id=claim.pk, by=firm_user(claim))
    assert state_of(claim) == "withdrawn"

    approved = approved_claim()
    with pytest.raises(WrongState):
        services.withdraw_claim(claim_id=approved.pk, by=firm_user(approved))


def test_a_refusal_needs_a_reason_and_frees_what_was_held():
    claim = approved_claim()
    with pytest.raises(Invalid):
        services.refuse_claim(claim_id=claim.pk, by=province_user(), note=" ")

    services.refuse_claim(claim_id=claim.pk, by=province_user(), note="核实后不符合条件")

    money = Budget.objects.get()
    assert (state_of(claim), money.reserved_amount) == ("refused", Decimal("0.00"))
    assert list(BudgetEntry.objects.order_by("id").values_list("kind", "amount")) == [
        ("reserve", Decimal("62962.50")), ("release", Decimal("62962.50")),
    ]  # fmt: skip


# --- budget


def test_without_a_budget_nothing_is_approved():
    claim = passed_claim()

    with pytest.raises(Invalid) as refusal:
        services.approve_claim(claim_id=claim.pk, by=finance_user(), no_conflict=True)

    assert (refusal.value.code, state_of(claim)) == ("no_budget", "province_passed")


def test_a_budget_that_does_not_reach_refuses_and_the_database_would_too():
    money = budget("100000.00")
    first, second = passed_claim(), passed_claim()
    services.approve_claim(claim_id=first.pk, by=finance_user(), no_conflict=True)

    with pytest.raises(Conflict) as refusal:
        services.approve_claim(claim_id=second.pk, by=finance_user(), no_conflict=True)

    assert (refusal.value.code, state_of(second)) == ("budget_exhausted", "province_passed")
    with pytest.raises(IntegrityError, match="budget_never_over"), transaction.atomic():
        Budget.objects.filter(pk=money.pk).update(reserved_amount=Decimal("100000.01"))


def test_a_budget_cut_pro_rata_is_spent_to_the_fen():
    money = budget("100000.00", "pro_rata")
    claims = [passed_claim() for _ in range(3)]
    with pytest.raises(WrongState) as refusal:
        services.approve_claim(claim_id=claims[0].pk, by=finance_user(), no_conflict=True)
    assert refusal.value.code == "settled_together"

    services.settle_budget(budget_id=money.pk, by=finance_user(), no_conflict=True)

    rows = Claim.objects.order_by("pk").values_list("state", "approved_amount")
    assert list(rows) == [
        ("approved", Decimal("33333.34")), ("approved", Decimal("33333.33")), ("approved", Decimal("33333.33")),
    ]  # fmt: skip
    assert Claim.objects.first().note == "预算不足，按规则等比例压减：应补 62,962.50 元，核定 33,333.33 元"
    money.refresh_from_db()
    assert money.left_amount == Decimal("0.00")


def test_a_budget_is_never_set_below_what_is_used():
    approved_claim()

    with pytest.raises(Invalid) as refusal:
        budget("62962.49")

    assert refusal.value.field == "total_amount"


# --- publicity


def test_publicity_ends_by_itself_unless_somebody_objects():
    quiet, disputed = approved_claim(), approved_claim()
    for claim in (quiet, disputed):
        services.publish_claim(claim_id=claim.pk, by=province_user())
    assert Claim.objects.get(pk=quiet.pk).publicity_until == clock.today() + dt.timedelta(days=7)
    services.object_to(claim_ref=disputed.ref, name="张某", contact="0532-000000", text="贷款未用于经营")
    Claim.objects.update(publicity_until=clock.today() - dt.timedelta(days=1))

    assert services.end_publicity() == 1

    assert (state_of(quiet), state_of(disputed)) == ("payable", "publicity")
    services.answer_objection(
        objection_id=Objection.objects.get().pk, by=province_user(), upheld=True, answer="经查属实"
    )
    assert state_of(disputed) == "refused"
    assert Budget.objects.get().reserved_amount == Decimal("62962.50")


def test_nobody_objects_outside_publicity():
    claim = approved_claim()

    with pytest.raises(NotFound):
        services.object_to(claim_ref=claim.ref, name="张某", contact="0532-000000", text="异议")

    assert Objection.objects.count() == 0


# --- on the spot


def test_a_sample_is_drawn_the_same_by_anybody_and_holds_the_claim_until_it_was_checked():
    claims = [submitted_claim() for _ in range(3)]

    drawn = services.draw_sample(by=province_user(), year=2025, kind="interest_subsidy", seed="20251201")

    assert len(drawn) == 1
    claim = drawn[0].claim
    SiteCheck.objects.all().delete()
    again = services.draw_sample(by=province_user(), year=2025, kind="interest_subsidy", seed="20251201")
    assert [check.claim for check in again] == [claim]
    assert claim in claims
    with pytest.raises(WrongState) as refusal:
        services.pass_claim(claim_id=claim.pk, by=city_user("370200"), no_conflict=True)
    assert refusal.value.code == "site_check"
    services.record_site_check(
        check_id=again[0].pk, by=city_user("370200"), checked_on=clock.today(), passed=True, finding="生产正常"
    )
    assert services.pass_claim(claim_id=claim.pk, by=city_user("370200"), no_conflict=True).state == "city_passed"


def test_a_claim_of_another_city_cannot_be_returned():
    claim = submitted_claim(firm_of())

    with pytest.raises(NotFound):
        services.return_claim(claim_id=claim.pk, by=city_user("370100"), note="退回")

    assert state_of(claim) == "submitted"


def test_a_payable_claim_waits_for_the_finance_department():
    assert payable_claim().state == "payable"
