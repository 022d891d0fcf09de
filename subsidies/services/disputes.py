"""After a decision: reexamination by another officer, claw-back, and the five-year bar."""

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from patents.services.moves import lock, move, own_organisation, require_past, require_role, require_text
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.dates import add_months
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.money import exact
from portal.outbox.services import publish
from portal.policy.facts import Facts
from subsidies.enums import ClaimState, EntryKind, ReexaminationState
from subsidies.models import Bar, Calculation, Claim, Recovery, Reexamination
from subsidies.policy import compute
from subsidies.queries import rules
from subsidies.services.claims import keep, lock_firm, lock_with_firm, require_own
from subsidies.services.entries import add_entry, lock_budget, release
from subsidies.services.review import tell
from subsidies.workflow import CLAIM_FLOW

DISPUTABLE = frozenset(
    {
        ClaimState.INELIGIBLE,
        ClaimState.REFUSED,
        ClaimState.PROVINCE_PASSED,
        ClaimState.APPROVED,
        ClaimState.PUBLICITY,
    }
)
"""Before money is on its way; a payment that was too high is taken back (`claw_back`)."""
MONTHS = 12


@transaction.atomic
def request_reexamination(*, claim_id: int, by: User, grounds: str) -> Reexamination:
    """The firm disputes the result that stands; its calculation is what will be looked at.

    Raises:
        WrongState: money is on its way, the result is not decided, or the time to dispute it is over.
        Conflict: one is open already.
    """
    own_organisation(by, Role.SME, Role.HOLDER)
    claim = lock(Claim, by, pk=claim_id)
    require_own(claim, by)
    if claim.state not in DISPUTABLE:
        raise WrongState(f"当前状态为“{claim.get_state_display()}”，不能申请复核。")
    terms, today = rules.process_terms(clock.today()), clock.today()
    if claim.decided_at and today > claim.decided_at.date() + dt.timedelta(days=terms.reexamination_days):
        raise WrongState(f"决定作出已超过 {terms.reexamination_days} 日，不能申请复核。", code="too_late")
    grounds = require_text(grounds, "请填写复核理由。", field="grounds")
    try:
        with transaction.atomic():
            found = Reexamination.objects.create(
                claim=claim,
                calculation=Calculation.objects.filter(claim=claim).first(),
                grounds=grounds,
                requested_by=by,
                due_on=today + dt.timedelta(days=terms.answer_days),
            )
    except IntegrityError as error:
        raise Conflict("已有复核正在办理。", code="open_already") from error
    record(by=by, verb="申请复核", target=claim, note=grounds, due_on=str(found.due_on))
    publish("subsidies.reexamination.requested", key=claim.ref, claim_ref=claim.ref, due_on=str(found.due_on))
    return found


def _lock_open(reexamination_id: int, by: User) -> tuple[Reexamination, Claim]:
    require_role(by, Role.PROVINCE, message="复核由省级管理人员办理。")
    found = Reexamination.objects.select_for_update(of=("self",)).filter(pk=reexamination_id).first()
    if found is None:
        raise NotFound("没有这项复核。")
    if found.state != ReexaminationState.OPEN:
        raise WrongState("复核已经作出决定。")
    claim = lock_with_firm(found.claim_id, by)
    if by.pk in (claim.city_by_id, claim.province_by_id, claim.finance_by_id):
        raise NotAllowed("您审核过该申领，复核须由其他人员办理。")
    return found, claim


@transaction.atomic
def uphold(*, reexamination_id: int, by: User, reasons: str) -> Reexamination:
    """The result stands, for reasons that are published."""
    found, claim = _lock_open(reexamination_id, by)
    _decide(found, ReexaminationState.UPHELD, by, reasons)
    record(by=by, verb="复核维持", target=claim, note=reasons)
    publish("subsidies.reexamination.upheld", key=claim.ref, claim_ref=claim.ref)
    tell(claim, f"申领 {claim.ref} 复核维持原结果", reasons)
    return found


@transaction.atomic
def correct(*, reexamination_id: int, by: User, reasons: str, corrections: dict[str, Any]) -> Reexamination:
    """The frozen facts are put right and computed again under the same version and rates; the claim goes on with it.

    `corrections` is {path of a fact: its right value}. What was held back is reversed by an entry of its own, and
    the claim goes to the finance department anew.

    Raises:
        Invalid: no such fact, a value that cannot be read, or a result that is the same as before.
    """
    found, claim = _lock_open(reexamination_id, by)
    frozen = found.calculation
    if frozen is None:
        raise Invalid("没有可更正的计算；事实补齐后请重新计算。")
    facts = corrected_facts(frozen.facts, corrections)
    version = rules.version_of(frozen.rule)
    result = compute(version, facts, rules.rate_book(frozen.rates_until))
    fresh = Calculation(claim=claim, loan=frozen.loan, rule=frozen.rule, facts=facts, rates_until=frozen.rates_until)
    kept = keep(fresh, result, by)
    if kept.pk == frozen.pk:
        raise Invalid("更正后的结果与原结果相同；维持原结果请选择“维持”。", field="corrections")
    _decide(found, ReexaminationState.CHANGED, by, reasons, corrected=kept)
    release(claim, by=by, note=f"复核变更，冲回原核定：{reasons}"[:300])
    claim.amount, claim.missing = result.amount, []
    _reopen(claim, by, payable=result.payable)
    record(by=by, verb="复核变更", target=claim, note=reasons, before=str(frozen.amount), after=str(result.amount))
    publish("subsidies.reexamination.changed", key=claim.ref, claim_ref=claim.ref, amount=str(result.amount))
    tell(claim, f"申领 {claim.ref} 复核变更结果", reasons)
    return found


def _reopen(claim: Claim, by: User, *, payable: bool) -> None:
    """Where the claim goes on: to the firm when it never confirmed, else to the finance department once more."""
    if not payable:
        state = ClaimState.REFUSED if claim.consented_at else ClaimState.INELIGIBLE
    elif claim.consented_at is None:
        state = ClaimState.CANDIDATE
    else:
        state = ClaimState.PROVINCE_PASSED
    claim.state, claim.finance_by, claim.publicity_from, claim.publicity_until = state, None, None, None
    # The officer who changed the result stands for the province's step from here on.
    claim.province_by = by if state == ClaimState.PROVINCE_PASSED else claim.province_by
    claim.save()


def _decide(found: Reexamination, to: str, by: User, reasons: str, corrected: Calculation | None = None) -> None:
    found.state, found.reasons = to, require_text(reasons, "请填写复核决定的理由，理由将公布。", field="reasons")
    found.decided_by, found.decided_at, found.corrected = by, clock.now(), corrected
    found.save(update_fields=["state", "reasons", "decided_by", "decided_at", "corrected"])


def corrected_facts(facts: dict[str, Any], corrections: dict[str, Any]) -> dict[str, Any]:
    """A copy of the facts with each named one replaced. Raises Invalid for a path that names no fact."""
    changed = copy.deepcopy(facts)
    for path, value in corrections.items():
        *parents, last = path.split(".")
        place: Any = changed
        for name in parents:
            place = Facts(place, path).part(name).data
        if not isinstance(place, dict) or last not in place:
            raise Invalid(f"没有名为“{path}”的事实。", field="corrections")
        place[last] = value
    return changed


@transaction.atomic
def claw_back(*, claim_id: int, by: User, amount: Decimal, reason: str, bar: bool) -> Recovery:
    """Ask money back from a firm that got it by fraud or mistake; with `bar` it may not claim for the rule's years.

    Raises:
        Invalid: more than was paid.
    """
    reason = require_text(reason, "请填写追回理由。", field="reason")
    claim = lock_with_firm(claim_id, by)
    CLAIM_FLOW.require(claim.state, ClaimState.REVOKED, actor=by)
    if not 0 < amount <= (claim.approved_amount or 0):
        raise Invalid(
            f"追回金额应大于 0 且不超过已拨付的 {exact(claim.approved_amount or Decimal(0))} 元。", field="amount"
        )
    found = Recovery.objects.create(claim=claim, amount=amount, reason=reason, decided_by=by, decided_on=clock.today())
    move(claim, CLAIM_FLOW, ClaimState.REVOKED, by=by, note=reason)
    record(by=by, verb="决定追回", target=claim, note=reason, amount=str(amount), bar=bar)
    publish("subsidies.claim.revoked", key=claim.ref, claim_ref=claim.ref, amount=str(amount))
    tell(claim, f"申领 {claim.ref} 决定追回资金", f"应退回 {exact(amount)} 元。理由：{reason}")
    if bar:
        bar_organisation(by=by, organisation_id=claim.organisation_id, reason=reason, claim=claim)
    return found


@transaction.atomic
def bar_organisation(*, by: User, organisation_id: int, reason: str, claim: Claim | None = None) -> Bar:
    """Bar an organisation from every claim for the years of the rule, from today."""
    require_role(by, Role.PROVINCE, message="禁止申报由省级管理人员决定。")
    reason = require_text(reason, "请填写原因。", field="reason")
    firm, today = lock_firm(organisation_id), clock.today()
    years = rules.process_terms(today).bar_years
    row = Bar.objects.create(
        organisation=firm,
        from_on=today,
        until_on=add_months(today, MONTHS * years),
        reason=reason,
        claim=claim,
        decided_by=by,
    )
    record(by=by, verb="禁止申报", target=row, note=reason, until=str(row.until_on))
    publish("subsidies.organisation.barred", key=f"organisation:{firm.pk}", organisation_id=firm.pk)
    return row


@transaction.atomic
def record_recovery(*, recovery_id: int, by: User, received_on: dt.date) -> Recovery:
    """The finance department has the money back: the budget's payment is reversed by an entry."""
    require_role(by, Role.FINANCE, message="收回由财政部门登记。")
    found = Recovery.objects.select_for_update(of=("self",)).select_related("claim").filter(pk=recovery_id).first()
    if found is None:
        raise NotFound("没有这项追回。")
    if found.received_on:
        raise WrongState(f"已于 {found.received_on} 收回。")
    require_past(received_on, "收回日", field="received_on")
    if received_on < found.decided_on:
        raise Invalid("收回日不能早于决定日。", field="received_on")
    found.received_on = received_on
    found.save(update_fields=["received_on"])
    add_entry(lock_budget(found.claim), found.claim, EntryKind.RECOVER, found.amount, by=by, note=found.reason[:300])
    record(by=by, verb="追回资金入账", target=found.claim, amount=str(found.amount))
    publish("subsidies.claim.recovered", key=found.claim.ref, claim_ref=found.claim.ref, amount=str(found.amount))
    return found
