"""Computing what a loan is worth in interest subsidy: a forecast while it runs, a claim once it is repaid."""

import structlog
from django.db import transaction

from finance.models import Loan
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import NotAllowed, WrongState
from portal.outbox.services import publish
from portal.policy.models import RuleVersion
from portal.policy.results import canonical
from portal.regions import city_of
from subsidies.enums import CalculationPurpose, RuleKind
from subsidies.models import Calculation, Claim
from subsidies.policy import compute
from subsidies.queries import rules
from subsidies.queries.calculations import interest_facts
from subsidies.services.claims import COMPUTABLE, MADE, compute_claim, find_interest_claim, lock_firm

log = structlog.get_logger(__name__)


@transaction.atomic
def calculate_interest(*, loan_id: int, purpose: str, by: User | None = None) -> Calculation | None:
    """Compute the interest subsidy of a loan and keep it; None where no rule was in force at the contract date.

    FORECAST takes the loan as repaid on its due day with interest at the contract's rate; CLAIM takes what was
    repaid and makes the loan a claim, None too where a fact is missing. A refusal is a result too. The same facts,
    rule and rates give the row that stands already. `by` is None for the portal's own jobs.

    Raises:
        NotAllowed: only officials of the province and of the firm's city may ask for it.
        WrongState: a claim on a loan that has not been repaid, or whose money is held back already.
    """
    loan = Loan.objects.select_related("placement__project__organisation").get(pk=loan_id)
    # Two loans of one firm share its cap: the firm's row is the lock, so that they come one after the other.
    firm = lock_firm(loan.placement.project.organisation_id)
    loan.refresh_from_db(fields=["repaid_on", "interest_paid"])
    _require_actor(by, loan)
    if purpose == CalculationPurpose.CLAIM and loan.repaid_on is None:
        raise WrongState("贷款尚未结清，不能按实际还款计算。")
    rule = rules.interest_rule(city_of(firm.city_code), loan.contract_date)
    if rule is None:
        log.info("no_interest_rule", loan_id=loan.pk, contract_date=str(loan.contract_date))
        return None
    return _claim(loan, rule, by) if purpose == CalculationPurpose.CLAIM else _forecast(loan, rule, by)


def _require_actor(by: User | None, loan: Loan) -> None:
    if by is None or by.role == Role.PROVINCE:
        return
    if by.role != Role.CITY or not Loan.objects.visible_to(by).filter(pk=loan.pk).exists():
        raise NotAllowed("只有省级和企业所在市的管理人员可以重新计算。")


def _claim(loan: Loan, rule: RuleVersion, by: User | None) -> Calculation | None:
    claim = find_interest_claim(loan=loan, rule=rule)
    if claim.state not in COMPUTABLE:
        raise WrongState(f"申领 {claim.ref} 状态为“{claim.get_state_display()}”，不能重新计算。")
    return compute_claim(claim_id=claim.pk, by=by)


def _forecast(loan: Loan, rule: RuleVersion, by: User | None) -> Calculation:
    own = Claim.objects.filter(loan=loan, kind=RuleKind.INTEREST).first()
    facts = interest_facts(loan, rule=rule, purpose=CalculationPurpose.FORECAST, claim=own)
    until = rules.newest_rate_id()
    result = compute(rules.version_of(rule), facts, rules.rate_book(until))
    fresh = Calculation(
        loan=loan,
        rule=rule,
        purpose=CalculationPurpose.FORECAST,
        facts=facts,
        result=result.as_json(),
        amount=result.amount,
        is_payable=result.payable,
        rates_until=until,
    )
    standing = Calculation.objects.filter(loan=loan, rule=rule, purpose=fresh.purpose).first()
    if standing and canonical([standing.facts, standing.result]) == canonical([fresh.facts, fresh.result]):
        return standing
    fresh.save(force_insert=True)
    project = loan.placement.project
    record(by=by, verb="compute_subsidy", target=fresh, purpose=fresh.purpose, amount=fresh.result["amount"])
    publish(MADE, key=project.ref, calculation_id=fresh.pk, project_ref=project.ref)
    return fresh
