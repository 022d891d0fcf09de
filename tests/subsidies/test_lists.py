"""Lists that come as sheets: awards with their claims, other bodies' payments with look-alikes."""

import datetime as dt
from decimal import Decimal

import pytest

from patents.services import centres
from portal.errors import NotAllowed, WrongState
from portal.outbox import sending
from subsidies import services
from subsidies.imports.awards import import_awards
from subsidies.imports.payments import import_payments
from subsidies.models import Award, Claim, DoubleFinding, OtherPayment
from tests.factories.accounts import OrganisationFactory, city_user, finance_user, province_user, sme_user
from tests.factories.cultivation import recognised_centre
from tests.factories.subsidies import found_claim, submitted_claim
from tests.sheets import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

AWARD_HEADINGS = ["奖项", "等级", "年度", "授奖公布日", "专利号", "专利名称", "获奖单位", "统一社会信用代码"]
PAYMENT_HEADINGS = [
    "发放单位",
    "企业名称",
    "统一社会信用代码",
    "贷款合同号",
    "贷款本金（万元）",
    "补贴金额（元）",
    "拨付日",
]
NUMBER = "201710601862.3"


def deliver():
    while sending.deliver_due(seconds=5):
        pass


def award_row(firm, **changes):
    row = {
        "level": "中国专利奖",
        "grade": "优秀奖",
        "year": "2024",
        "day": "2024-09-01",
        "number": NUMBER,
        "title": "夹具",
    }
    return [*(row | changes).values(), firm.name, firm.uscc]


def bring_awards(tmp_path, *rows, apply=True):
    return import_awards(
        path=builders.xlsx(tmp_path / "a.xlsx", [AWARD_HEADINGS, *rows]), by=province_user(), apply=apply
    )


def bring_payments(tmp_path, *rows, apply=True):
    path = builders.xlsx(tmp_path / "p.xlsx", [PAYMENT_HEADINGS, *rows])
    return import_payments(path=path, by=province_user(), apply=apply)


# --- awards


def test_a_list_of_awards_becomes_claims_and_again_changes_nothing(tmp_path):
    firm = OrganisationFactory()
    row = award_row(firm)
    assert bring_awards(tmp_path, row, apply=False).is_applied is False
    assert Award.objects.count() == 0

    bring_awards(tmp_path, row)
    deliver()
    again = bring_awards(tmp_path, row)

    claim = Claim.objects.get()
    assert (claim.kind, claim.rule.code, claim.amount, claim.state, claim.organisation) == (
        "china_award", "SD-PLAN-2021-CHINA-AWARD", Decimal("100000.00"), "candidate", firm,
    )  # fmt: skip
    assert (again.new, again.unchanged, again.refused) == (0, 1, 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"grade": "一等奖"}, "该奖项没有这个等级"),
        ({"number": "201710601862.4"}, "校验"),
        ({"day": "2099-01-01"}, "授奖公布日晚于今天"),
        ({"level": "诺贝尔奖"}, "不在可选范围内"),
    ],
)
def test_one_bad_row_keeps_the_whole_list_out(changes, message, tmp_path):
    firm = OrganisationFactory()

    outcome = bring_awards(tmp_path, award_row(firm, number="201010596747.X"), award_row(firm, **changes))

    assert (outcome.is_applied, outcome.refused, Award.objects.count()) == (False, 1, 0)
    assert message in str(outcome.problems[0])
    assert outcome.problems[0].row == 3


def test_a_patent_that_won_twice_waits_for_an_officer(tmp_path):
    firm = OrganisationFactory()
    bring_awards(tmp_path, award_row(firm), award_row(firm, level="山东省专利奖", grade="一等奖"))
    deliver()
    claims = {claim.kind: claim for claim in Claim.objects.all()}
    assert {kind: claim.missing[0]["who"] for kind, claim in claims.items()} == {
        "china_award": "省级主管部门", "shandong_award": "省级主管部门",
    }  # fmt: skip

    decided = {"china_award": "paid", "shandong_award": "not_paid"}
    for kind, decision in decided.items():
        services.decide_double_award(
            award_id=claims[kind].award_id, by=province_user(), decision=decision, reason="按就高不重复"
        )

    assert dict(Claim.objects.values_list("kind", "state")) == {
        "china_award": "candidate", "shandong_award": "ineligible",
    }  # fmt: skip
    assert Claim.objects.get(kind="china_award").amount == Decimal("100000.00")


def test_an_award_that_won_once_needs_no_decision(tmp_path):
    bring_awards(tmp_path, award_row(OrganisationFactory()))

    with pytest.raises(WrongState):
        services.decide_double_award(award_id=Award.objects.get().pk, by=province_user(), decision="paid", reason="x")


# --- cultivation grants


def test_each_instalment_of_a_centres_grant_is_a_claim():
    centre = recognised_centre(recognised_on=dt.date(2024, 5, 6))
    grant = centres.approve_grant(centre_id=centre.pk, by=province_user(), amount=Decimal("200000.01"))

    deliver()

    rows = Claim.objects.order_by("id").values_list("kind", "object_key", "amount", "state")
    parts = list(grant.instalments.order_by("place"))
    assert list(rows) == [("cultivation_grant", f"grant:{part.pk}", part.amount, "candidate") for part in parts]
    assert sum(part.amount for part in parts) == grant.amount


# --- the ledger of other payments


def payment_row(claim, **changes):
    row = {"payer": "试验市科技局", "firm": "企业", "uscc": claim.organisation.uscc, "ref": claim.loan.bank_ref}
    return list((row | {"principal": "", "amount": "20000.00", "day": "2025-10-08"} | changes).values())


def test_the_same_loan_paid_elsewhere_is_refused_with_the_fact(tmp_path):
    claim = found_claim()

    bring_payments(tmp_path, payment_row(claim, ref=claim.loan.bank_ref.lower().replace("-", " ")))
    deliver()

    claim.refresh_from_db()
    assert claim.state == "ineligible"
    newest = claim.calculations.first()
    assert [refusal["code"] for refusal in newest.result["refusals"]] == ["double_subsidy"]
    assert newest.facts["other_interest_subsidies"] == [
        {"payer": "试验市科技局", "amount": "20000.00", "paid_on": "2025-10-08"}
    ]


def test_a_look_alike_is_shown_to_an_officer_and_stops_the_review_until_he_decides(tmp_path):
    claim = submitted_claim()
    bring_payments(tmp_path, payment_row(claim, ref="别的合同", principal="300"))
    deliver()
    row = DoubleFinding.objects.get()
    assert (row.is_exact, row.likeness) == (False, "贷款本金相同")
    with pytest.raises(WrongState) as refusal:
        services.pass_claim(claim_id=claim.pk, by=city_user("370200"), no_conflict=True)
    assert refusal.value.code == "double_open"

    services.decide_double(finding_id=row.pk, by=city_user("370200"), verdict="different", reason="另一笔贷款")

    assert services.pass_claim(claim_id=claim.pk, by=city_user("370200"), no_conflict=True).state == "city_passed"


def test_a_payment_that_stood_before_the_claim_is_found_too(tmp_path):
    firm = OrganisationFactory(city_code="370200")
    row = ["试验市科技局", firm.name, firm.uscc, "HT-2024-001", "", "20000.00", "2025-10-08"]
    bring_payments(tmp_path, row)
    claim = found_claim(sme_user(organisation=firm))

    assert claim.state == "ineligible"


def test_a_list_brought_again_or_by_the_wrong_person_changes_nothing(tmp_path):
    claim = found_claim()
    bring_payments(tmp_path, payment_row(claim))

    assert bring_payments(tmp_path, payment_row(claim)).unchanged == 1
    with pytest.raises(NotAllowed):
        import_payments(path=tmp_path / "p.xlsx", by=finance_user(), apply=True)
    assert OtherPayment.objects.count() == 1
    assert OtherPayment.objects.get().paid_on == dt.date(2025, 10, 8)
