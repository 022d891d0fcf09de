"""Claims as the portal finds and computes them: each from an object, unique, with what is missing named."""

from typing import Any

from django.db import transaction

from patents.models import GrantInstalment
from patents.services.moves import lock, move, require_role
from portal import refs
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, WrongState
from portal.money import short
from portal.notices.services import notify
from portal.outbox.services import publish
from portal.policy.models import RuleVersion
from portal.policy.results import Result, canonical
from portal.regions import city_of
from subsidies.enums import (
    IN_REVIEW,
    KIND_OF_LEVEL,
    WITH_FIRM,
    AwardLevel,
    CalculationPurpose,
    ClaimSource,
    ClaimState,
    RuleKind,
)
from subsidies.models import Award, Calculation, Claim
from subsidies.policy import compute
from subsidies.policy.missing import BASE_NOT_STATED, DOUBLE_AWARD, Missing, missing_fact
from subsidies.queries import rules
from subsidies.queries.calculations import interest_facts
from subsidies.queries.claims import facts_of, instalment_condition
from subsidies.services.ledger import match_claim
from subsidies.workflow import CLAIM_FLOW

MADE = "subsidies.calculation.made"
COMPUTABLE = WITH_FIRM | IN_REVIEW | {ClaimState.INELIGIBLE, ClaimState.WITHDRAWN}


def find_interest_claim(*, loan: Any, rule: RuleVersion) -> Claim:
    """The claim of a repaid loan, made when there is none. The caller holds the firm's row."""
    project = loan.placement.project
    return ensure_claim(
        object_key=f"loan:{loan.pk}",
        kind=RuleKind.INTEREST,
        rule=rule,
        organisation=project.organisation,
        subject=f"融资项目 {project.ref} 贷款贴息",
        year=loan.repaid_on.year,
        loan=loan,
    )


@transaction.atomic
def find_award_claim(*, award_id: int) -> Claim | None:
    """The claim of an award whose winner is in the portal; None while he is not, or where no rule was in force."""
    award = Award.objects.select_related("organisation").get(pk=award_id)
    if award.organisation is None:
        return None
    lock_firm(award.organisation.pk)
    kind = KIND_OF_LEVEL[AwardLevel(award.level)]
    rule = rules.rule_for(kind, award.announced_on, city_of(award.organisation.city_code))
    if rule is None:
        return None
    claim = ensure_claim(
        object_key=f"award:{award.pk}",
        kind=kind,
        rule=rule,
        organisation=award.organisation,
        subject=str(award),
        year=award.announced_on.year,
        award=award,
    )
    compute_claim(claim_id=claim.pk)
    return claim


@transaction.atomic
def find_grant_claims(*, grant_id: int) -> list[Claim]:
    """A claim for each instalment of a centre's grant that was not paid yet, under the grant's own rule version."""
    parts = GrantInstalment.objects.filter(grant_id=grant_id, paid_on__isnull=True).select_related(
        "grant__centre__organisation", "grant__rule"
    )
    found = []
    for part in parts.order_by("place"):
        centre = part.grant.centre
        lock_firm(centre.organisation_id)
        claim = ensure_claim(
            object_key=f"grant:{part.pk}",
            kind=RuleKind.CENTRE,
            rule=part.grant.rule,
            organisation=centre.organisation,
            subject=f"培育中心 {centre.number} 经费第 {part.place} 期（{part.condition}）",
            year=part.grant.approved_on.year,
            instalment=part,
        )
        compute_claim(claim_id=claim.pk)
        found.append(claim)
    return found


def ensure_claim(*, object_key: str, kind: str, organisation: Organisation, **fields: Any) -> Claim:
    """The claim of an object, made as a candidate when there is none; the same object never makes a second one."""
    standing = Claim.objects.filter(kind=kind, object_key=object_key).first()
    if standing is not None:
        return standing
    pk, ref = refs.reserve(Claim, "BT")
    claim = Claim.objects.create(
        pk=pk,
        ref=ref,
        kind=kind,
        object_key=object_key,
        organisation=organisation,
        city_code=city_of(organisation.city_code),
        source=ClaimSource.FOUND,
        state=ClaimState.CANDIDATE,
        **fields,
    )
    record(by=None, verb="发现可申领事项", target=claim, kind=kind, object=object_key)
    publish("subsidies.claim.found", key=claim.ref, claim_ref=claim.ref)
    match_claim(claim)
    return claim


def lock_firm(organisation_id: int) -> Organisation:
    """Lock the firm's row: all its claims share caps, so they are computed one after the other."""
    return Organisation.objects.select_for_update().get(pk=organisation_id)


def lock_with_firm(claim_id: int, by: User) -> Claim:
    """A claim that `by` may see, locked, its firm's row before it: always in this order. Raises NotFound."""
    firm = Claim.objects.visible_to(by).filter(pk=claim_id).values_list("organisation_id", flat=True).first()
    if firm is not None:
        lock_firm(firm)
    return lock(Claim, by, pk=claim_id)


@transaction.atomic
def compute_again(*, claim_id: int, by: User) -> Calculation | None:
    """Compute a claim from today's facts, for an official or its own firm; not once money is held back for it."""
    require_role(by, Role.PROVINCE, Role.CITY, Role.SME, Role.HOLDER, message="您不能重新计算。")
    claim = lock_with_firm(claim_id, by)
    if claim.state not in COMPUTABLE:
        raise WrongState(f"当前状态为“{claim.get_state_display()}”，金额已经核定，不能重新计算。")
    match_claim(claim)
    return compute_claim(claim_id=claim.pk, by=by)


@transaction.atomic
def compute_claim(*, claim_id: int, by: User | None = None) -> Calculation | None:
    """Compute a claim and keep the result with it; None, with the missing fact on the claim, where one lacks.

    The same facts, rule and rates give the calculation that stands. A refusal makes a candidate ineligible.
    """
    lock_firm(Claim.objects.values_list("organisation_id", flat=True).get(pk=claim_id))
    claim = Claim.objects.select_for_update(of=("self",)).select_related("rule").get(pk=claim_id)
    facts, until = claim_facts(claim), rules.newest_rate_id()
    try:
        result = compute(rules.version_of(claim.rule), facts, rules.rate_book(until))
    except Invalid as lacking:
        _settle(claim, None, [missing_fact(lacking.field, lacking.message)])
        return None
    kept = keep(Calculation(claim=claim, loan=claim.loan, rule=claim.rule, facts=facts, rates_until=until), result, by)
    _settle(claim, result, _what_lacks(claim, result))
    return kept


def claim_facts(claim: Claim) -> dict[str, Any]:
    """The facts that the claim is computed from today."""
    if claim.loan is not None:
        return interest_facts(claim.loan, rule=claim.rule, purpose=CalculationPurpose.CLAIM, claim=claim)
    return facts_of(claim, claim.rule)


def keep(fresh: Calculation, result: Result, by: User | None) -> Calculation:
    """Write a claim's calculation, or give the newest one where it says the same."""
    fresh.purpose, fresh.result = CalculationPurpose.CLAIM, result.as_json()
    fresh.amount, fresh.is_payable = result.amount, result.payable
    standing = Calculation.objects.filter(claim=fresh.claim).first()
    if standing and canonical([standing.facts, standing.result]) == canonical([fresh.facts, fresh.result]):
        return standing
    fresh.save(force_insert=True)
    claim: Any = fresh.claim
    record(by=by, verb="计算补贴", target=claim, calculation=fresh.pk, amount=fresh.result["amount"])
    payload = {"project_ref": fresh.loan.placement.project.ref} if fresh.loan else {}
    publish(MADE, key=claim.ref, calculation_id=fresh.pk, claim_ref=claim.ref, **payload)
    if by is None:
        notify(
            recipient=claim.organisation,
            kind=MADE,
            title=f"{claim.subject}已计算",
            body=told(result),
            link=claim.get_absolute_url(),
        )
    return fresh


def told(result: Result) -> str:
    """What came of it, in one sentence for the firm."""
    if result.refusals:
        return "不符合条件：" + "；".join(refusal.fact for refusal in result.refusals) + "。"
    if result.amount is None:
        return "适用规则的计算基数未写明，各种读法并列，暂不能支付。"
    if not result.payable and result.amount:
        return "是否支付须由主管部门先作决定，每一步的依据见计算明细。"
    return f"应补贴 {short(result.amount)}，每一步的依据见计算明细；请确认收款账户后提交。"


def _what_lacks(claim: Claim, result: Result) -> list[Missing]:
    if result.payable and (condition := instalment_condition(claim)):
        return [condition]
    if result.refusals or result.payable:
        return []
    if result.amount is None:
        return [BASE_NOT_STATED]
    return [DOUBLE_AWARD] if result.amount else []


def _settle(claim: Claim, result: Result | None, missing: list[Missing]) -> None:
    """Write what the computation means for the claim."""
    claim.amount = result.amount if result else None
    claim.missing = [lack.as_json() for lack in missing]
    claim.save(update_fields=["amount", "missing", "updated_at"])
    is_refused = result is not None and not missing and not result.payable
    if is_refused and claim.state == ClaimState.CANDIDATE:
        move(claim, CLAIM_FLOW, ClaimState.INELIGIBLE, by=None)
    elif claim.state == ClaimState.INELIGIBLE and not is_refused:
        move(claim, CLAIM_FLOW, ClaimState.CANDIDATE, by=None)


def require_payable(claim: Claim) -> None:
    """Raise Invalid unless the newest calculation can be paid."""
    newest = Calculation.objects.filter(claim=claim).first()
    if condition := instalment_condition(claim):
        raise Invalid(f"还不能支付：{condition.fact}。", code="facts_missing")
    if claim.missing:
        lacking = "；".join(f"{row['fact']}（由{row['who']}提供）" for row in claim.missing)
        raise Invalid(f"还缺少：{lacking}。", code="facts_missing")
    if newest is None or not newest.is_payable:
        raise Invalid("按适用规则计算，该事项不能支付，原因见计算明细。", code="not_payable")


def require_own(claim: Claim, by: User) -> None:
    """Raise NotAllowed for anybody but the claim's own people."""
    if by.role not in (Role.SME, Role.HOLDER) or by.organisation_id != claim.organisation_id:
        raise NotAllowed("只有申领单位可以办理。")
