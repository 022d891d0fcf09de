"""Computing what a loan is worth in subsidy, and keeping the result with all it came from."""

import structlog
from django.db import transaction
from django.urls import reverse

from finance.models import Loan
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import NotAllowed, WrongState
from portal.money import short
from portal.notices.services import notify
from portal.outbox.services import publish
from portal.policy.results import canonical
from portal.regions import city_of
from subsidies import queries
from subsidies.checks import check_rate
from subsidies.enums import CalculationPurpose
from subsidies.models import Calculation, ReferenceRate
from subsidies.policy import compute

log = structlog.get_logger(__name__)

MADE = "subsidies.calculation.made"


@transaction.atomic
def calculate_interest(*, loan_id: int, purpose: str, by: User | None = None) -> Calculation | None:
    """Compute the interest subsidy of a loan and keep it; None where no rule was in force at the contract date.

    FORECAST takes the loan as repaid on its due day with interest at the contract's rate; CLAIM takes what was
    repaid. A refusal is a result too. The same facts, rule and rates give the row that stands already.
    `by` is None for the portal's own jobs.

    Raises:
        NotAllowed: only officials of the province and of the firm's city may ask for it.
        WrongState: a claim on a loan that has not been repaid.
    """
    loan = Loan.objects.select_related("placement__project__organisation").get(pk=loan_id)
    # Two loans of one firm share its cap: the firm's row is the lock, so that they come one after the other.
    firm = Organisation.objects.select_for_update().get(pk=loan.placement.project.organisation_id)
    loan.refresh_from_db(fields=["repaid_on", "interest_paid"])
    _require_actor(by, loan)
    if purpose == CalculationPurpose.CLAIM and loan.repaid_on is None:
        raise WrongState("贷款尚未结清，不能按实际还款计算。")
    rule = queries.interest_rule(city_of(firm.city_code), loan.contract_date)
    if rule is None:
        log.info("no_interest_rule", loan_id=loan.pk, contract_date=str(loan.contract_date))
        return None
    facts = queries.interest_facts(loan, rule=rule, purpose=purpose)
    until = queries.newest_rate_id()
    result = compute(queries.version_of(rule), facts, queries.rate_book(until))
    fresh = Calculation(
        loan=loan,
        rule=rule,
        purpose=purpose,
        facts=facts,
        result=result.as_json(),
        amount=result.amount,
        is_payable=result.payable,
        rates_until=until,
    )
    return _same_as_standing(fresh) or _keep(fresh, by)


def _require_actor(by: User | None, loan: Loan) -> None:
    if by is None or by.role == Role.PROVINCE:
        return
    if by.role != Role.CITY or not Loan.objects.visible_to(by).filter(pk=loan.pk).exists():
        raise NotAllowed("只有省级和企业所在市的管理人员可以重新计算。")


def _same_as_standing(fresh: Calculation) -> Calculation | None:
    standing = Calculation.objects.filter(loan=fresh.loan, rule=fresh.rule, purpose=fresh.purpose).first()
    if standing and canonical([standing.facts, standing.result]) == canonical([fresh.facts, fresh.result]):
        return standing
    return None


def _keep(fresh: Calculation, by: User | None) -> Calculation:
    fresh.save(force_insert=True)
    project = fresh.loan.placement.project
    record(by=by, verb="compute_subsidy", target=fresh, purpose=fresh.purpose, amount=fresh.result["amount"])
    publish(MADE, key=project.ref, calculation_id=fresh.pk, project_ref=project.ref)
    if fresh.purpose == CalculationPurpose.CLAIM:
        link = reverse("subsidies:calculation", args=[project.ref])
        title = f"融资项目 {project.ref} 的贷款贴息已按实际还款计算"
        notify(recipient=project.organisation, kind=MADE, title=title, body=_told(fresh), link=link)
    return fresh


def _told(kept: Calculation) -> str:
    if kept.result["refusals"]:
        return "不符合贴息条件：" + "；".join(refusal["fact"] for refusal in kept.result["refusals"]) + "。"
    if kept.amount is None:
        return "适用规则的计息基数未写明，两种读法并列，暂不能支付。"
    return f"应贴息 {short(kept.amount)}，每一步的依据见计算明细。"


@transaction.atomic
def add_rate(*, rate: ReferenceRate, by: User) -> ReferenceRate:
    """Register a newly published reference rate. It cannot be changed afterwards: results rest on it.

    Raises:
        NotAllowed: only the province registers rates.
        Invalid: it does not follow the newest one, or lies in the future; `field` names which date.
    """
    if by.role != Role.PROVINCE:
        raise NotAllowed("只有省级管理人员可以登记参考利率。")
    check_rate(rate)
    rate.save(force_insert=True)
    record(by=by, verb="add_rate", target=rate, rate=str(rate.rate))
    return rate
