"""Losses of loans: found from the ledger, divided by the rule of their day, paid from a pool, recovered later."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from finance.enums import EntryKind, LossPaper, LossState, PoolEntryKind, RiskParty
from finance.models import LoanEntry, LossClaim, LossRecovery, PoolEntry, RiskPool
from finance.policy.risk import parts_of, read_split, recovered_parts
from finance.queries.risk import pool_for, recovered_net, split_rule
from finance.workflow.risk import LOSS_FLOW
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.money import FEN, exact, short
from portal.outbox.services import publish

LEAST_RECOVERY = Decimal("1.00")
"""Below a yuan parts of a fen would run against each other."""


@transaction.atomic
def find_loss(*, entry_id: int) -> LossClaim | None:
    """Make the loss of a bad debt that a bank reported; a debt reversed takes its unpaid loss back. Each once."""
    entry = LoanEntry.objects.select_related("loan__placement__project", "reverses").get(pk=entry_id)
    if entry.kind == EntryKind.REVERSAL and entry.reverses is not None:
        return _take_back(entry.reverses)
    if entry.kind != EntryKind.BAD_DEBT or hasattr(entry, "reversal"):
        return None
    city = entry.loan.placement.project.city_code
    rule = split_rule(city, entry.on)
    shares = parts_of(entry.principal, read_split(rule.parameters)) if rule else {}
    claim, is_new = LossClaim.objects.get_or_create(
        entry=entry,
        defaults={
            "loan": entry.loan,
            "principal_loss": entry.principal,
            "loss_on": entry.on,
            "rule": rule,
            "pool": pool_for(city) if RiskParty.POOL in shares else None,
            "shares": {party: str(part) for party, part in shares.items()},
        },
    )
    if is_new:
        record(by=None, verb="发现风险损失", target=claim, amount=str(claim.principal_loss))
        _published(claim, "finance.loss.found")
    return claim


@transaction.atomic
def attach_evidence(*, claim_id: int, purpose: str, file: Any, by: User) -> Attachment:
    """Keep what proves a loss while it is not decided."""
    claim = _lock(claim_id, by)
    if by.role not in (Role.PROVINCE, Role.CITY):
        raise NotAllowed("只有省级和市级管理人员可以登记证明材料。")
    if purpose not in LossPaper.values:
        raise Invalid("请从列出的材料种类中选择。", field="purpose")
    if claim.state != LossState.FOUND:
        raise WrongState(f"当前状态为“{claim.get_state_display()}”，不能上传材料。")
    return attachments.attach(target=claim, purpose=purpose, file=file, file_name=file.name, by=by)


@transaction.atomic
def approve_loss(*, claim_id: int, by: User, note: str = "") -> LossClaim:
    """The province finds the loss proven: the parts stand.

    Raises:
        Conflict: no rule for its day and city, no pool for the pool's part, or no evidence.
    """
    claim = _lock(claim_id, by)
    LOSS_FLOW.require(claim.state, LossState.APPROVED, actor=by)
    if claim.rule is None:
        raise Conflict("损失确认日没有适用于本市的分担规则版本，不能核定。", code="no_rule")
    if RiskParty.POOL in claim.shares and claim.pool is None:
        claim.pool = pool_for(claim.loan.placement.project.city_code)
        if claim.pool is None:
            raise Conflict("没有适用于本市的风险补偿资金池。", code="no_pool")
    if not Attachment.objects.of(claim).filter(purpose=LossPaper.WRITE_OFF).exists():
        raise Conflict("请先上传呆账核销文件。", code="evidence_missing")
    claim.approved_by, claim.note = by, note.strip()
    _move(claim, LossState.APPROVED, by=by, verb="核定风险损失", fields=["approved_by", "note", "pool"])
    _published(claim, "finance.loss.approved")
    return claim


@transaction.atomic
def refuse_loss(*, claim_id: int, by: User, note: str) -> LossClaim:
    """The loss is not shared, for a reason."""
    if not note.strip():
        raise Invalid("请填写不予补偿的理由。", field="note")
    claim = _lock(claim_id, by)
    LOSS_FLOW.require(claim.state, LossState.REFUSED, actor=by)
    claim.note = note.strip()
    _move(claim, LossState.REFUSED, by=by, verb="不予风险补偿", fields=["note"])
    _published(claim, "finance.loss.refused")
    return claim


@transaction.atomic
def pay_loss(*, claim_id: int, on: dt.date, by: User) -> LossClaim:
    """The finance department pays the pool's part; another person than who approved it.

    Raises:
        Conflict: the pool has not so much.
        Invalid: a day before the loss or in the future.
    """
    claim = _lock(claim_id, by)
    LOSS_FLOW.require(claim.state, LossState.PAID, actor=by)
    if by.pk == claim.approved_by_id:
        raise NotAllowed("核定和拨付须由两人分别办理。")
    if not claim.loss_on <= on <= clock.today():
        raise Invalid("补偿日不得早于损失确认日、不得晚于今天。", field="on")
    part = Decimal(claim.shares.get(RiskParty.POOL, "0.00"))
    if part and claim.pool_id is not None:
        pool = _lock_pool(claim.pool_id)
        if pool.balance < part:
            raise Conflict(f"资金池余额 {exact(pool.balance)} 元，不足以支付 {exact(part)} 元。", code="pool_exhausted")
        PoolEntry.objects.create(pool=pool, kind=PoolEntryKind.PAYOUT, amount=part, on=on, claim=claim, recorded_by=by)
    claim.paid_by, claim.paid_on = by, on
    _move(claim, LossState.PAID, by=by, verb="拨付风险补偿", fields=["paid_by", "paid_on"])
    _published(claim, "finance.loss.paid")
    return claim


@transaction.atomic
def record_loss_recovery(
    *, claim_id: int, on: dt.date, gross: Decimal, costs: Decimal, number: str, by: User
) -> LossRecovery:
    """Money got back on a paid loss: after costs it goes to each party in the ratio in which it bore the loss.

    The pool's part returns to the pool (RULES section 7, confidence 0.75: unconfirmed).

    Raises:
        WrongState: the loss was not paid.
        Conflict: the number is taken.
        Invalid: more than was lost, costs above what was got, or a day that cannot be; `field` names which.
    """
    claim = _lock(claim_id, by)
    if by.role not in (Role.PROVINCE, Role.FINANCE):
        raise NotAllowed("只有省级管理人员和财政部门可以登记追偿。")
    if claim.state != LossState.PAID or claim.rule is None or claim.paid_on is None:
        raise WrongState(f"当前状态为“{claim.get_state_display()}”，不能登记追偿。")
    before = recovered_net(claim)
    _check_recovery(claim, on, gross, costs, number)
    if before + gross - costs > claim.principal_loss:
        raise Invalid(
            f"累计追回净额不得超过损失 {exact(claim.principal_loss)} 元，已追回 {exact(before)} 元。", field="gross"
        )
    parts = recovered_parts(before, gross - costs, read_split(claim.rule.parameters))
    kept = LossRecovery.objects.create(
        claim=claim,
        on=on,
        gross=gross,
        costs=costs,
        number=number.strip(),
        shares={party: str(part) for party, part in parts.items()},
        recorded_by=by,
    )
    back = parts.get(RiskParty.POOL)
    if back and claim.pool_id is not None:
        pool = _lock_pool(claim.pool_id)
        PoolEntry.objects.create(
            pool=pool, kind=PoolEntryKind.RECOVERY, amount=back, on=on, claim=claim, recovery=kept, recorded_by=by
        )
    record(by=by, verb="登记追偿", target=claim, number=kept.number, net=str(gross - costs))
    _published(claim, "finance.loss.recovered")
    return kept


@transaction.atomic
def open_pool(*, name: str, basis: str, cities: list[str], opened_on: dt.date, by: User) -> RiskPool:
    """Set a pool up; money comes by entries."""
    if by.role not in (Role.PROVINCE, Role.FINANCE):
        raise NotAllowed("只有省级管理人员和财政部门可以设立资金池。")
    if not name.strip() or not basis.strip():
        raise Invalid("请填写名称和设立依据。", field="name" if not name.strip() else "basis")
    if RiskPool.objects.filter(name=name.strip()).exists():
        raise Conflict("已有同名资金池。", field="name")
    pool = RiskPool.objects.create(name=name.strip(), basis=basis.strip(), cities=cities, opened_on=opened_on)
    record(by=by, verb="设立风险补偿资金池", target=pool)
    return pool


@transaction.atomic
def pay_into_pool(*, pool_id: int, amount: Decimal, on: dt.date, by: User, note: str = "") -> PoolEntry:
    """The finance department adds money to a pool."""
    if by.role != Role.FINANCE:
        raise NotAllowed("只有财政部门可以登记注入资金。")
    pool = _lock_pool(pool_id)
    if amount <= 0 or amount != amount.quantize(FEN):
        raise Invalid("金额应大于零，最多保留两位小数。", field="amount")
    if not pool.opened_on <= on <= clock.today():
        raise Invalid("日期不得早于设立日、不得晚于今天。", field="on")
    entry = PoolEntry.objects.create(
        pool=pool, kind=PoolEntryKind.CONTRIBUTION, amount=amount, on=on, note=note.strip(), recorded_by=by
    )
    record(by=by, verb="资金池注入资金", target=pool, amount=str(amount))
    publish("finance.pool.changed", key=f"pool:{pool.pk}", pool_id=pool.pk, entry_id=entry.pk)
    return entry


def _take_back(reversed_entry: LoanEntry) -> LossClaim | None:
    claim = LossClaim.objects.select_for_update(of=("self",)).filter(entry=reversed_entry).first()
    if claim is None or claim.state not in (LossState.FOUND, LossState.APPROVED):
        return claim
    _move(claim, LossState.WITHDRAWN, by=None, verb="呆账冲正，撤销风险损失", fields=[])
    _published(claim, "finance.loss.withdrawn")
    return claim


def _move(claim: LossClaim, to: LossState, *, by: User | None, verb: str, fields: list[str]) -> None:
    LOSS_FLOW.require(claim.state, to, actor=by)
    claim.state = to
    claim.save(update_fields=["state", *fields])
    record(by=by, verb=verb, target=claim, note=claim.note, amount=short(claim.principal_loss))


def _published(claim: LossClaim, name: str) -> None:
    ref = claim.loan.placement.project.ref
    publish(name, key=ref, project_ref=ref, loan_id=claim.loan_id, loss_id=claim.pk)


def _lock(claim_id: int, by: User) -> LossClaim:
    rows = LossClaim.objects.visible_to(by).select_for_update(of=("self",))
    found = rows.select_related("loan__placement__project", "rule").filter(pk=claim_id).first()
    if found is None:
        raise NotFound("没有这项风险损失。")
    return found


def _lock_pool(pool_id: int) -> RiskPool:
    RiskPool.objects.select_for_update().get(pk=pool_id)
    return RiskPool.objects.with_balance().get(pk=pool_id)


def _check_recovery(claim: LossClaim, on: dt.date, gross: Decimal, costs: Decimal, number: str) -> None:
    if not number.strip():
        raise Invalid("请填写凭证号。", field="number")
    if claim.recoveries.filter(number=number.strip()).exists():
        raise Conflict("该凭证号已登记。", field="number")
    for field, amount in (("gross", gross), ("costs", costs)):
        if amount < 0 or amount != amount.quantize(FEN):
            raise Invalid("金额不能为负数，最多保留两位小数。", field=field)
    if gross - costs < LEAST_RECOVERY:
        raise Invalid(f"扣除费用后的追回金额应不少于 {LEAST_RECOVERY} 元。", field="gross")
    if claim.paid_on is None or not claim.paid_on <= on <= clock.today():
        raise Invalid("追回日不得早于补偿日、不得晚于今天。", field="on")
