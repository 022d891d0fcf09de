import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction

from portal import crypto
from portal.accounts.models import Organisation
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox import sending
from portal.outbox.models import Event
from subsidies import services
from subsidies.models import Calculation, Claim, Round
from subsidies.queries.documents import documents_of
from tests.factories.accounts import city_user, holder_user, province_user, sme_user
from tests.factories.subsidies import ACCOUNT, firm_of, firm_user, found_claim, repaid_loan, submitted_claim

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def unchanged():
    """What a refusal must leave as it was."""

    def snapshot():
        return {model: list(model.objects.order_by("pk").values()) for model in (Claim, Calculation, Event, AuditEntry)}

    return snapshot


def confirm(claim, **changes):
    given = {"by": firm_user(claim), "account": ACCOUNT, "consent": True} | changes
    return services.confirm_claim(claim_id=claim.pk, **given)


# --- found by the portal


def test_a_repaid_loan_is_a_claim_without_anybody_asking():
    loan = repaid_loan()
    while sending.deliver_due(seconds=5):
        pass

    claim = Claim.objects.get()
    assert (claim.kind, claim.object_key, claim.source, claim.state) == (
        "interest_subsidy", f"loan:{loan.pk}", "found", "candidate",
    )  # fmt: skip
    assert (claim.year, claim.amount, claim.rule.code, claim.missing) == (2025, Decimal("62962.50"), "QD-2024", [])
    assert claim.calculations.get().result["amount"] == "62962.50"


def test_the_same_loan_never_makes_a_second_claim():
    claim = found_claim()

    services.calculate_interest(loan_id=claim.loan_id, purpose="claim")

    assert Claim.objects.count() == 1
    fields = {"ref": "BT2026-999999", "rule": claim.rule, "organisation": claim.organisation, "city_code": "370200"}
    with pytest.raises(IntegrityError, match="claim_once_per_object"), transaction.atomic():
        Claim.objects.create(
            kind=claim.kind, object_key=claim.object_key, year=2026, source="found", state="candidate", **fields
        )


def test_a_version_without_a_base_names_what_lacks_and_who_supplies_it():
    claim = found_claim(firm_of("370900"))

    assert (claim.state, claim.amount, [(row["field"], row["who"]) for row in claim.missing]) == (
        "candidate", None, [("rule", "省级主管部门")],
    )  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        confirm(claim)
    assert refusal.value.code == "facts_missing"


def test_a_missing_fact_is_named_with_who_supplies_it_and_mended_by_computing_again():
    loan = repaid_loan()
    project = loan.placement.project
    type(project).objects.filter(pk=project.pk).update(size_class="")
    Organisation.objects.filter(pk=project.organisation_id).update(size_class="")
    services.calculate_interest(loan_id=loan.pk, purpose="claim")
    claim = Claim.objects.get()
    assert [(row["field"], row["who"]) for row in claim.missing] == [("claimant.size_class", "企业")]
    assert claim.calculations.count() == 0

    Organisation.objects.filter(pk=project.organisation_id).update(size_class="small")
    services.compute_again(claim_id=claim.pk, by=firm_user(claim))

    claim.refresh_from_db()
    assert (claim.state, claim.amount, claim.missing) == ("candidate", Decimal("62962.50"), [])


def test_a_refused_computation_makes_the_candidate_ineligible():
    claim = found_claim(is_first_pledge=False)

    assert (claim.state, claim.amount) == ("ineligible", Decimal("0.00"))
    with pytest.raises(WrongState):
        confirm(claim)


def test_three_loans_of_a_firm_share_its_cap_and_a_withdrawn_one_gives_its_part_back():
    user = firm_of()
    first = found_claim(user, bank_ref="HT-1", principal=Decimal("3000000.00"))
    Claim.objects.filter(pk=first.pk).update(amount=Decimal("450000.00"))
    second = found_claim(user, bank_ref="HT-2")
    assert second.amount == Decimal("50000.00")

    services.withdraw_claim(claim_id=first.pk, by=user)
    services.compute_again(claim_id=second.pk, by=user)

    second.refresh_from_db()
    assert second.amount == Decimal("62962.50")


def test_recompute_proves_claims_too(capsys):
    submitted_claim()

    call_command("recompute", all=True)

    assert capsys.readouterr().out == "重算 1 条，全部与存档一致。\n"


# --- confirmed by the firm


def test_the_firm_confirms_account_and_consent():
    claim = confirm(found_claim())

    kept = Claim.objects.get()
    assert (kept.state, kept.account_tail, kept.account_name, kept.masked_account) == (
        "submitted", "9012", claim.organisation.name, "**** 9012",
    )  # fmt: skip
    assert "6222" not in kept.account_encrypted
    assert crypto.decrypt(kept.account_encrypted) == "6222000123456789012"
    assert Event.objects.filter(name="subsidies.claim.submitted", key=kept.ref).count() == 1


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"consent": False}, Invalid, "consent"),
        ({"account": services.Account("试验银行", "12345")}, Invalid, "number"),
        ({"account": services.Account("试验银行", "6222-ABCD-1234")}, Invalid, "number"),
        ({"account": services.Account(" ", "6222000123456789012")}, Invalid, "bank_name"),
        ({"by": "other"}, NotFound, None),
        ({"by": "province"}, NotAllowed, None),
    ],
)
def test_a_confirmation_that_cannot_be_is_refused_and_changes_nothing(changes, error, field, unchanged):
    claim = found_claim()
    people = {"other": sme_user, "province": province_user}
    changes = {name: people[value]() if name == "by" else value for name, value in changes.items()}
    before = unchanged()

    with pytest.raises(error) as refusal:
        confirm(claim, **changes)

    assert (refusal.value.field, unchanged()) == (field, before)


def test_a_bar_since_the_finding_stops_the_confirmation():
    claim = found_claim()
    services.bar_organisation(by=province_user(), organisation_id=claim.organisation_id, reason="骗取资金")

    with pytest.raises(Invalid) as refusal:
        confirm(claim)

    assert refusal.value.code == "not_payable"


def test_a_claim_is_seen_by_its_firm_its_city_the_province_and_nobody_else():
    claim = submitted_claim()
    seers = [firm_user(claim), city_user("370200"), province_user()]
    others = [sme_user(), city_user("370100"), holder_user()]

    assert [Claim.objects.visible_to(user).count() for user in (*seers, *others)] == [1, 1, 1, 0, 0, 0]


# --- applied for


@pytest.fixture
def premium_round():
    today = dt.date.today()  # noqa: DTZ011
    found = services.save_round(
        by=province_user(),
        title="2025 年专利保险补贴",
        kind="patent_premium",
        year=2025,
        opens_on=today - dt.timedelta(days=2),
        closes_on=today + dt.timedelta(days=2),
        notice="",
    )
    return services.open_round(round_id=found.pk, by=province_user())


def application(**changes):
    given = {
        "number": "PICC-1",
        "paid": Decimal("100000.00"),
        "paid_on": dt.date(2025, 3, 4),
        "insurance": "enforcement",
    }
    return services.Application(**(given | changes))


def test_a_firm_applies_for_a_premium_in_a_round(premium_round):
    user = firm_of("370100")

    draft = services.save_application(by=user, round_id=premium_round.pk, application=application())

    assert (draft.state, draft.amount, draft.rule.code, draft.source) == (
        "draft", Decimal("60000.00"), "SD-INS-2021", "applied",
    )  # fmt: skip
    asked = ["申请表", "营业执照", "保单、保费发票和付款凭证", "专利证书和有效性证明（缴费收据或登记簿副本）"]
    for place, name in enumerate(asked):
        with pytest.raises(Conflict) as refusal:
            confirm(draft)
        assert refusal.value.code == "documents_missing"
        assert refusal.value.message == f"请先上传：{'、'.join(asked[place:])}。"
        draft.refresh_from_db()
        assert (draft.state, draft.submitted_at) == ("draft", None)
        file = SimpleUploadedFile("a.pdf", PDF)
        services.attach_document(claim_id=draft.pk, by=user, purpose=name, file=file, file_name="a.pdf")
    assert [(one.is_required, one.is_there) for one in documents_of(draft)] == [(True, True)] * 4 + [(False, False)] * 2
    assert confirm(draft).state == "submitted"


def test_a_policy_is_claimed_once_and_a_draft_can_be_changed(premium_round):
    user = firm_of("370100")
    first = services.save_application(by=user, round_id=premium_round.pk, application=application())

    with pytest.raises(Conflict) as refusal:
        services.save_application(by=user, round_id=premium_round.pk, application=application(paid=Decimal("1.00")))
    changed = services.save_application(
        by=user, round_id=premium_round.pk, application=application(uplift=True), claim_id=first.pk
    )

    assert (refusal.value.code, changed.pk, changed.amount) == ("claimed_already", first.pk, Decimal("70000.00"))
    assert Claim.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": " "}, "number"),
        ({"paid": Decimal("-1.00")}, "paid"),
        ({"insurance": "life"}, "insurance"),
        ({"paid_on": dt.date(2999, 1, 1)}, "paid_on"),
        ({"paid_on": dt.date(2020, 12, 31)}, "paid_on"),
    ],
)
def test_an_application_that_cannot_be_is_refused(premium_round, changes, field, unchanged):
    user = firm_of("370100")
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.save_application(by=user, round_id=premium_round.pk, application=application(**changes))

    assert (refusal.value.field, unchanged()) == (field, before)


def test_outside_its_days_a_round_takes_nothing(premium_round):
    Round.objects.update(closes_on=dt.date(2025, 1, 1), opens_on=dt.date(2025, 1, 1))

    with pytest.raises(WrongState):
        services.save_application(by=firm_of("370100"), round_id=premium_round.pk, application=application())
