import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command

from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, WrongState
from subsidies import services
from subsidies.models import Bar, Budget, BudgetEntry, Calculation, Claim, Reexamination
from tests.factories.accounts import city_user, finance_user, province_user
from tests.factories.subsidies import approved_claim, firm_user, found_claim, paid_claim, submitted_claim

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


def request_for(claim):
    return services.request_reexamination(claim_id=claim.pk, by=firm_user(claim), grounds="付息金额有误")


def refused_claim():
    claim = submitted_claim()
    province = province_user()
    services.pass_claim(claim_id=claim.pk, by=city_user(claim.city_code), no_conflict=True)
    return services.refuse_claim(claim_id=claim.pk, by=province, note="付息凭证不足")


# --- reexamination


def test_a_reexamination_freezes_the_calculation_and_has_a_clock():
    claim = refused_claim()

    found = request_for(claim)

    assert (found.state, found.due_on) == ("open", clock.today() + dt.timedelta(days=30))
    assert found.calculation == claim.calculations.get()
    with pytest.raises(Conflict):
        request_for(claim)


def test_another_officer_upholds_it_with_reasons():
    claim = approved_claim()
    found = request_for(claim)

    with pytest.raises(NotAllowed):
        services.uphold(reexamination_id=found.pk, by=claim.province_by, reasons="维持")
    with pytest.raises(Invalid):
        services.uphold(reexamination_id=found.pk, by=province_user(), reasons=" ")
    services.uphold(reexamination_id=found.pk, by=province_user(), reasons="计算无误")

    assert Reexamination.objects.get().state == "upheld"
    assert Claim.objects.get().state == "approved"


def test_a_correction_computes_anew_under_the_same_version_and_reverses_what_was_held(capsys):
    claim = approved_claim()
    found = request_for(claim)

    services.correct(
        reexamination_id=found.pk,
        by=province_user(),
        reasons="银行更正了付息记录",
        corrections={"loan.interest_paid": "50000.00"},
    )

    kept = Claim.objects.get()
    assert (kept.state, kept.amount, kept.approved_amount) == ("province_passed", Decimal("50000.00"), None)
    assert list(BudgetEntry.objects.order_by("id").values_list("kind", "amount")) == [
        ("reserve", Decimal("62962.50")), ("release", Decimal("62962.50")),
    ]  # fmt: skip
    before, after = Calculation.objects.order_by("id")
    assert (before.amount, after.amount, after.rule, after.rates_until) == (
        Decimal("62962.50"), Decimal("50000.00"), before.rule, before.rates_until,
    )  # fmt: skip
    services.approve_claim(claim_id=kept.pk, by=finance_user(), no_conflict=True)
    assert Budget.objects.get().reserved_amount == Decimal("50000.00")
    call_command("recompute", all=True)
    assert capsys.readouterr().out == "重算 2 条，全部与存档一致。\n"


@pytest.mark.parametrize(
    "corrections",
    [{"loan.nothing": "1"}, {"loan.interest_paid": "-1"}, {"loan.interest_paid": "127750.00"}, {"rule.x": "1"}],
)
def test_a_correction_that_is_none_is_refused(corrections):
    claim = approved_claim()
    found = request_for(claim)

    with pytest.raises(Invalid):
        services.correct(reexamination_id=found.pk, by=province_user(), reasons="更正", corrections=corrections)

    assert (Claim.objects.get().state, Calculation.objects.count()) == ("approved", 1)
    assert Reexamination.objects.get().state == "open"


def test_an_ineligible_claim_that_was_corrected_comes_back_to_its_firm():
    claim = found_claim(is_first_pledge=False)
    found = request_for(claim)

    services.correct(
        reexamination_id=found.pk,
        by=province_user(),
        reasons="登记簿显示为首次质押",
        corrections={"loan.first_time_pledge": True},
    )

    kept = Claim.objects.get()
    assert (kept.state, kept.amount) == ("candidate", Decimal("62962.50"))


def test_after_its_days_a_decision_stands():
    claim = refused_claim()
    Claim.objects.update(decided_at=clock.now() - dt.timedelta(days=62))

    with pytest.raises(WrongState) as refusal:
        request_for(claim)

    assert refusal.value.code == "too_late"


# --- claw-back


def test_a_claw_back_reverses_the_payment_and_bars_the_firm_for_five_years(tmp_path):
    claim = paid_claim(tmp_path)
    user = firm_user(claim)

    found = services.claw_back(
        claim_id=claim.pk, by=province_user(), amount=Decimal("62962.50"), reason="提供虚假付息凭证", bar=True
    )

    bar = Bar.objects.get()
    assert (Claim.objects.get().state, bar.organisation) == ("revoked", claim.organisation)
    assert bar.until_on == clock.today().replace(year=clock.today().year + 5)
    services.record_recovery(recovery_id=found.pk, by=finance_user(), received_on=clock.today())
    money = Budget.objects.get()
    assert (money.reserved_amount, money.paid_amount) == (Decimal("0.00"), Decimal("0.00"))
    assert list(BudgetEntry.objects.order_by("id").values_list("kind", flat=True)) == ["reserve", "pay", "recover"]

    later = found_claim(user, bank_ref="HT-NEW")
    assert later.state == "ineligible"
    refusals = later.calculations.get().result["refusals"]
    assert [(refusal["code"], refusal["article"]) for refusal in refusals] == [("barred", "山东省专利条例第五十条")]


@pytest.mark.parametrize("amount", [Decimal("0.00"), Decimal("62962.51"), Decimal("-1.00")])
def test_not_more_is_asked_back_than_was_paid(amount, tmp_path):
    claim = paid_claim(tmp_path)

    with pytest.raises(Invalid) as refusal:
        services.claw_back(claim_id=claim.pk, by=province_user(), amount=amount, reason="虚报", bar=False)

    assert (refusal.value.field, Claim.objects.get().state, Bar.objects.count()) == ("amount", "paid", 0)
