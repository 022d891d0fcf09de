"""Budgets: set, held back, given free, paid, cut pro rata. Every movement is an entry that stays."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from patents.services.moves import move, require_role, require_text
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.money import exact
from portal.outbox.services import publish
from subsidies.enums import ClaimState, EntryKind, Shortfall
from subsidies.models import Budget, Claim
from subsidies.policy.prorata import pro_rata
from subsidies.services.entries import add_entry, lock_budget
from subsidies.services.review import impartial_for, require_ready
from subsidies.workflow import CLAIM_FLOW

NOTHING = Decimal("0.00")


@transaction.atomic
def save_budget(*, by: User, year: int, kind: str, total: Decimal, shortfall: str, basis: str) -> Budget:
    """Set a year's money for a kind, or change its total; never below what is held back and paid."""
    require_role(by, Role.FINANCE, message="预算由财政部门登记。")
    basis = require_text(basis, "请填写预算依据（文号）。", field="basis")
    budget = Budget.objects.select_for_update().filter(year=year, kind=kind).first()
    if budget is None:
        budget = Budget(year=year, kind=kind)
    used = budget.reserved_amount + budget.paid_amount
    if total < used:
        raise Invalid(f"预算不能低于已预留和已拨付的 {exact(used)} 元。", field="total_amount")
    if budget.pk and budget.shortfall != shortfall and used:
        raise WrongState("已有预留或拨付，不能改变预算不足时的办法。")
    before = str(budget.total_amount) if budget.pk else ""
    budget.total_amount, budget.shortfall, budget.basis = total, shortfall, basis
    try:
        with transaction.atomic():
            budget.save()
    except IntegrityError as error:
        raise Conflict("该年度该种类的预算刚刚被登记，请刷新后重试。") from error
    record(by=by, verb="登记预算", target=budget, before=before, after=str(total), shortfall=shortfall)
    return budget


@transaction.atomic
def approve_claim(*, claim_id: int, by: User, no_conflict: bool, note: str = "") -> Claim:
    """The finance department approves a claim in full and holds its money back.

    Raises:
        Conflict: the budget does not reach for it.
        WrongState: the kind is settled together because its budget is cut pro rata.
    """
    claim = impartial_for(claim_id, by, no_conflict=no_conflict)
    CLAIM_FLOW.require(claim.state, ClaimState.APPROVED, actor=by)
    require_ready(claim)
    # The budget's row is the lock: of two officers at the last of it, one comes second and is told.
    budget = lock_budget(claim)
    if budget.shortfall == Shortfall.PRO_RATA:
        raise WrongState("该预算集中结算，请在年度预算中办理“按比例结算”。", code="settled_together")
    amount = claim.amount or NOTHING
    if amount > budget.left_amount:
        raise Conflict(
            f"预算余额 {exact(budget.left_amount)} 元，不足以核定 {exact(amount)} 元。", code="budget_exhausted"
        )
    _approve(claim, amount, budget, by, note)
    return claim


@transaction.atomic
def settle_budget(*, budget_id: int, by: User, no_conflict: bool) -> Sequence[Claim]:
    """Approve all claims that wait for a budget that is cut pro rata: each in full, or each its share to the fen.

    Raises:
        WrongState: nothing waits, the budget is not of this sort, or a claim is not ready.
        NotAllowed: a claim is of a firm that the officer may not decide about.
    """
    require_role(by, Role.FINANCE, message="预算由财政部门结算。")
    budget = Budget.objects.filter(pk=budget_id).first()
    if budget is None:
        raise NotFound("没有这项预算。")
    if budget.shortfall != Shortfall.PRO_RATA:
        raise WrongState("该预算按先后审核，不集中结算。")
    waiting = Claim.objects.filter(year=budget.year, kind=budget.kind, state=ClaimState.PROVINCE_PASSED)
    claims = list(waiting.order_by("pk").values_list("pk", flat=True))
    if not claims:
        raise WrongState("没有待结算的申领。")
    # Claims before their budget, as everywhere: two verbs that lock both never wait for each other.
    rows = [impartial_for(pk, by, no_conflict=no_conflict) for pk in claims]
    for claim in rows:
        require_ready(claim)
    budget = Budget.objects.select_for_update().get(pk=budget_id)
    if budget.left_amount <= 0:
        raise WrongState("预算已经用完。")
    shares = pro_rata([claim.amount or NOTHING for claim in rows], budget.left_amount)
    for claim, share in zip(rows, shares, strict=True):
        if share <= 0:
            raise WrongState(f"按比例后 {claim.ref} 不足一分，请增加预算。")
        _approve(claim, share, budget, by, _cut_note(claim, share))
    record(by=by, verb="按比例结算预算", target=budget, claims=len(rows), sum=str(sum(shares, NOTHING)))
    return rows


def _cut_note(claim: Claim, share: Decimal) -> str:
    if claim.amount == share:
        return "预算足够，全额核定"
    return f"预算不足，按规则等比例压减：应补 {exact(claim.amount or NOTHING)} 元，核定 {exact(share)} 元"


def _approve(claim: Claim, amount: Decimal, budget: Budget, by: User, note: str) -> None:
    values: dict[str, Any] = {
        "approved_amount": amount,
        "finance_by": by,
        "decided_at": clock.now(),
        "note": note.strip(),
    }
    move(claim, CLAIM_FLOW, ClaimState.APPROVED, by=by, **values)
    add_entry(budget, claim, EntryKind.RESERVE, amount, by=by, note=note)
    record(by=by, verb="财政核定", target=claim, note=note, amount=str(amount), budget=str(budget))
    publish("subsidies.claim.approved", key=claim.ref, claim_ref=claim.ref, amount=str(amount))
