"""Facts in the form of `compute_subsidy`, and claims brought along by the services."""

import datetime as dt
from copy import deepcopy
from decimal import Decimal

from finance.models import Loan
from portal.accounts.models import User
from subsidies import services
from subsidies.models import Budget, Claim, PaymentBatch
from tests.factories.accounts import OrganisationFactory, bank_user, city_user, finance_user, province_user, sme_user
from tests.factories.finance import LOAN_FACTS, admitted_project, answer
from tests.sheets import builders

INTEREST_FACTS = {
    "rule": "QD-2024",
    "claimant": {
        "uscc": "91370200163562681G",
        "size_class": "small",
        "city": "370200",
        "independent_legal_person": True,
    },
    "loan": {
        "contract_date": "2024-06-12",
        "drawn_on": "2024-06-20",
        "pledge_registered_on": "2024-06-17",
        "principal": "5000000.00",
        "actual_rate": "0.0420",
        "pledge_share": "1",
        "borrower_owns_patents": True,
        "first_time_pledge": True,
        "repaid_as_agreed": True,
        "interest_paid": "212916.67",
        "balances": [{"from": "2024-06-20", "to": "2025-06-20", "principal": "5000000.00"}],
    },
    "declaration_year": 2025,
    "granted_this_year": "0.00",
    "other_interest_subsidies": [],
}


def interest_facts(claimant=None, loan=None, balances=None, default_days=None, **top):
    """The worked example with some facts changed; `balances` as (from, to, principal[, in_default])."""
    facts = deepcopy(INTEREST_FACTS) | top
    facts["claimant"] |= claimant or {}
    facts["loan"] |= loan or {}
    if balances is not None:
        names = ("from", "to", "principal", "in_default")
        facts["loan"]["balances"] = [dict(zip(names, balance, strict=False)) for balance in balances]
    if default_days is not None:
        facts["loan"]["balances"][0]["default_days"] = default_days
    return facts


QINGDAO = "370200"
QINGDAO_LOAN = LOAN_FACTS | {
    "contract_date": dt.date(2024, 6, 12),
    "pledge_registered_on": dt.date(2024, 6, 17),
    "drawn_on": dt.date(2024, 6, 20),
    "due_on": dt.date(2025, 6, 20),
    "principal": Decimal("3000000.00"),
    "annual_rate": Decimal("0.0420"),
}
ACCOUNT = services.Account("试验银行青岛分行", "6222 0001 2345 6789 012")
RECEIPT_HEADINGS = ["批次号", "申领编号", "金额（元）", "结果", "到账日期", "流水号", "失败原因"]


def firm_of(city=QINGDAO):
    """A firm's user in a city."""
    return sme_user(organisation=OrganisationFactory(city_code=city))


def repaid_loan(user=None, **loan):
    """A loan that ran for its year and was repaid, as a bank reports it. In Qingdao it is worth 62,962.50."""
    bank = bank_user()
    project = admitted_project(banks=[bank], firm_user=user or firm_of())
    answer(project, bank, "accept")
    answer(project, bank, "lend", **(QINGDAO_LOAN | loan))
    answer(project, bank, "repay", repaid_on=dt.date(2025, 6, 20), interest_paid="127750.00")
    return Loan.objects.get(placement__project=project)


def found_claim(user=None, **loan):
    """The claim that the portal found for a repaid loan."""
    kept = repaid_loan(user, **loan)
    services.calculate_interest(loan_id=kept.pk, purpose="claim")
    return Claim.objects.get(loan=kept)


def firm_user(claim):
    """Somebody of the claim's firm."""
    return User.objects.filter(organisation=claim.organisation).first()


def submitted_claim(user=None, **loan):
    """A claim that its firm has confirmed."""
    claim = found_claim(user, **loan)
    return services.confirm_claim(claim_id=claim.pk, by=firm_user(claim), account=ACCOUNT, consent=True)


def passed_claim(user=None, **loan):
    """A claim that city and province have passed: it waits for the finance department."""
    claim = submitted_claim(user, **loan)
    services.pass_claim(claim_id=claim.pk, by=city_user(claim.city_code), no_conflict=True)
    return services.pass_claim(claim_id=claim.pk, by=province_user(), no_conflict=True)


def budget(total="500000.00", shortfall="first_come", **fields):
    """The year's money for interest subsidies."""
    terms = {"year": 2025, "kind": "interest_subsidy", "basis": "财教指〔2025〕1号"} | fields
    return services.save_budget(by=finance_user(), total=Decimal(total), shortfall=shortfall, **terms)


def approved_claim(user=None, **loan):
    """A claim that the finance department has approved."""
    claim = passed_claim(user, **loan)
    if not Budget.objects.filter(year=claim.year, kind=claim.kind).exists():
        budget()
    return services.approve_claim(claim_id=claim.pk, by=finance_user(), no_conflict=True)


def payable_claim(user=None, **loan):
    """A claim whose publicity is over without an objection."""
    claim = approved_claim(user, **loan)
    services.publish_claim(claim_id=claim.pk, by=province_user())
    Claim.objects.filter(pk=claim.pk).update(publicity_until=dt.date(2025, 12, 1), publicity_from=dt.date(2025, 11, 20))
    services.end_publicity()
    claim.refresh_from_db()
    return claim


def exported_batch():
    """All claims that can be paid, gathered and sent to the treasury."""
    by = finance_user()
    batch = services.create_batch(by=by, year=2025, kind="interest_subsidy")
    services.fill_batch(batch_id=batch.pk)
    services.export_batch(batch_id=batch.pk, by=by)
    return PaymentBatch.objects.get(pk=batch.pk)


def receipt(path, batch, results):
    """The bank's file on a batch: {claim: failure, or "" where it went well}."""
    rows = [
        [batch.ref, claim.ref, str(claim.approved_amount), "失败", "", "", failure]
        if failure
        else [batch.ref, claim.ref, str(claim.approved_amount), "成功", "2025-12-05", f"LS{claim.pk}", ""]
        for claim, failure in results.items()
    ]
    return builders.xlsx(path, [RECEIPT_HEADINGS, *rows])


def paid_claim(folder, user=None):
    """A claim whose money has come."""
    claim = payable_claim(user)
    batch = exported_batch()
    services.read_receipt(
        batch_id=batch.pk, by=finance_user(), path=receipt(folder / "receipt.xlsx", batch, {claim: ""})
    )
    claim.refresh_from_db()
    return claim
