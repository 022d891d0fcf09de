"""Paying: claims gathered into a batch, the file for the treasury, the bank's receipt read back."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from patents.services.centres import record_instalment
from patents.services.moves import lock, move, require_role
from portal import clock, crypto, refs
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid, NotFound, WrongState
from portal.outbox.services import publish
from portal.sheets import cells
from portal.sheets.services import fingerprint
from portal.sheets.table import Column, Table, read_table
from subsidies.enums import BatchState, ClaimState, EntryKind, LineState
from subsidies.models import Claim, PaymentBatch, PaymentLine
from subsidies.services.entries import add_entry, lock_budget
from subsidies.services.review import tell
from subsidies.workflow import BATCH_FLOW, CLAIM_FLOW

CHUNK = 200
NOTHING = Decimal("0.00")
HEADINGS = ("批次号", "申领编号", "收款单位", "统一社会信用代码", "开户银行", "收款账号", "金额（元）", "用途")
_RESULTS = {"成功": True, "失败": False, "已到账": True, "退票": False}
RECEIPT_COLUMNS = (
    Column("batch", "批次号", cells.line(20), is_required=True, example="BF2026-000001"),
    Column("claim", "申领编号", cells.line(20), is_required=True, example="BT2026-000001"),
    Column("amount", "金额（元）", cells.amount("元"), is_required=True, example="104937.50"),
    Column(
        "result", "结果", cells.choice({word: word for word in _RESULTS}), is_required=True, choices=("成功", "失败")
    ),
    Column("paid_on", "到账日期", cells.date, aliases=("到账日",), example="2026-03-02"),
    Column("serial", "流水号", cells.line(60), aliases=("银行流水号",)),
    Column("failure", "失败原因", cells.line(200)),
)


@transaction.atomic
def create_batch(*, by: User, year: int, kind: str) -> PaymentBatch:
    """Start a batch of all claims of a year and kind that can be paid; a job gathers them (`fill_batch`)."""
    require_role(by, Role.FINANCE, message="拨付由财政部门办理。")
    if not Claim.objects.filter(year=year, kind=kind, state=ClaimState.PAYABLE).exists():
        raise WrongState("没有待拨付的申领。")
    pk, ref = refs.reserve(PaymentBatch, "BF")
    batch = PaymentBatch.objects.create(pk=pk, ref=ref, year=year, kind=kind, created_by=by)
    record(by=by, verb="生成拨付批次", target=batch, year=year, kind=kind)
    publish("subsidies.batch.created", key=batch.ref, batch_id=batch.pk)
    return batch


def fill_batch(*, batch_id: int) -> None:
    """Gather the batch's claims, CHUNK by CHUNK. Killed at any place, it goes on where it stopped; no line twice."""
    while _fill_chunk(batch_id):
        pass


@transaction.atomic
def _fill_chunk(batch_id: int) -> bool:
    batch = PaymentBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != BatchState.BUILDING:
        return False
    waiting = Claim.objects.filter(year=batch.year, kind=batch.kind, state=ClaimState.PAYABLE)
    # An instalment may have been paid outside the batches since it was approved.
    waiting = waiting.exclude(instalment__paid_on__isnull=False)
    rows = list(waiting.select_for_update(of=("self",)).order_by("pk")[:CHUNK])
    for claim in rows:
        # A claim has one line that waits or went well: the database refuses a second one.
        PaymentLine.objects.create(batch=batch, claim=claim, amount=claim.approved_amount or NOTHING)
        move(claim, CLAIM_FLOW, ClaimState.PAYING, by=None)
        record(by=None, verb="归入拨付批次", target=claim, batch=batch.ref)
    if not rows:
        move(batch, BATCH_FLOW, BatchState.READY, by=None)
        record(by=None, verb="拨付批次归集完成", target=batch, lines=batch.lines.count())
        publish("subsidies.batch.ready", key=batch.ref, batch_id=batch.pk)
    return bool(rows)


@transaction.atomic
def export_batch(*, batch_id: int, by: User) -> list[tuple[Any, ...]]:
    """The rows for the treasury, accounts in full; each export is written down. HEADINGS name the columns."""
    require_role(by, Role.FINANCE, message="拨付文件由财政部门导出。")
    batch = PaymentBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("没有这个拨付批次。")
    if batch.state == BatchState.BUILDING:
        raise WrongState("批次正在归集，请稍候。")
    if batch.state == BatchState.READY:
        move(batch, BATCH_FLOW, BatchState.EXPORTED, by=by, exported_at=clock.now())
        publish("subsidies.batch.exported", key=batch.ref, batch_id=batch.pk)
    lines = list(batch.lines.select_related("claim__organisation").order_by("id"))
    record(by=by, verb="导出拨付文件（含完整账号）", target=batch, lines=len(lines))
    return [_row(batch, line) for line in lines]


def _row(batch: PaymentBatch, line: PaymentLine) -> tuple[Any, ...]:
    claim = line.claim
    return (
        batch.ref,
        claim.ref,
        claim.account_name,
        claim.organisation.uscc or "",
        claim.bank_name,
        crypto.decrypt(claim.account_encrypted),
        line.amount,
        claim.subject,
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the bank said of one line."""

    claim_ref: str
    is_paid: bool
    paid_on: dt.date | None
    serial: str
    failure: str


@dataclass(frozen=True, slots=True)
class ReceiptOutcome:
    paid: int
    failed: int
    unchanged: int


@transaction.atomic
def read_receipt(*, batch_id: int, by: User, path: Path) -> ReceiptOutcome:
    """Take in the bank's receipt of a batch, all of it or nothing; the same file again changes nothing.

    A failed payment lets its claim be paid in a later batch. When no line waits any more the batch is closed.

    Raises:
        Invalid: a row names another batch, an unknown claim, another amount, or contradicts what was read before.
    """
    require_role(by, Role.FINANCE, message="回盘由财政部门登记。")
    batch = PaymentBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("没有这个拨付批次。")
    if batch.state not in (BatchState.EXPORTED, BatchState.CLOSED):
        raise WrongState("批次还没有导出，不能回盘。")
    table = read_table(path, RECEIPT_COLUMNS)
    lines = {line.claim.ref: line for line in batch.lines.select_for_update(of=("self",)).select_related("claim")}
    receipts = _receipts(table, batch, lines)
    counts = {"paid": 0, "failed": 0, "unchanged": 0}
    for receipt in receipts:
        counts[_apply(lines[receipt.claim_ref], receipt, by)] += 1
    if batch.state == BatchState.EXPORTED and not batch.lines.filter(state=LineState.WAITING).exists():
        move(batch, BATCH_FLOW, BatchState.CLOSED, by=by)
        publish("subsidies.batch.closed", key=batch.ref, batch_id=batch.pk)
    record(by=by, verb="读入回盘文件", target=batch, sha256=fingerprint(path), counts=counts)
    return ReceiptOutcome(**counts)


def _receipts(table: Table, batch: PaymentBatch, lines: dict[str, PaymentLine]) -> list[Receipt]:
    found: list[Receipt] = []
    seen: set[str] = set()
    for index in range(len(table.row_numbers)):
        if index in table.refused:
            continue
        row = {column.field: table.values[column.field][index] for column in RECEIPT_COLUMNS}
        fault = _fault(row, batch, lines, seen)
        if fault:
            table.refuse(index, fault)
            continue
        seen.add(row["claim"])
        found.append(
            Receipt(row["claim"], _RESULTS[row["result"]], row["paid_on"], row["serial"] or "", row["failure"] or "")
        )
    if table.problems:
        raise Invalid("回盘文件没有读入：" + "；".join(str(problem) for problem in table.problems[:5]), field="file")
    return found


def _fault(row: dict[str, Any], batch: PaymentBatch, lines: dict[str, PaymentLine], seen: set[str]) -> str:
    """What is wrong with a row; empty when nothing is."""
    if row["batch"] != batch.ref:
        return f"批次号应为 {batch.ref}。"
    line = lines.get(row["claim"])
    if line is None or row["claim"] in seen:
        return f"批次中没有申领 {row['claim']}。" if line is None else f"申领 {row['claim']} 在文件中重复。"
    if row["amount"] != line.amount:
        return f"金额 {row['amount']} 与批次中的 {line.amount} 不同。"
    return _fault_of_result(row, line)


def _fault_of_result(row: dict[str, Any], line: PaymentLine) -> str:
    is_paid = _RESULTS[row["result"]]
    if is_paid and (row["paid_on"] is None or row["paid_on"] > clock.today()):
        return "成功的须有到账日期，且不晚于今天。"
    if not is_paid and not row["failure"]:
        return "失败的须写明失败原因。"
    if line.state == (LineState.FAILED if is_paid else LineState.PAID):
        return f"该笔已登记为{line.get_state_display()}。"
    return ""


def _apply(line: PaymentLine, receipt: Receipt, by: User) -> str:
    if line.state != LineState.WAITING:
        return "unchanged"
    claim = lock(Claim, by, pk=line.claim_id)
    if receipt.is_paid:
        line.state, line.paid_on, line.bank_serial = LineState.PAID, receipt.paid_on, receipt.serial
        move(claim, CLAIM_FLOW, ClaimState.PAID, by=by, paid_on=receipt.paid_on)
        add_entry(lock_budget(claim), claim, EntryKind.PAY, line.amount, by=by, note=receipt.serial)
        _record_instalment(claim, by)
    else:
        line.state, line.failure = LineState.FAILED, receipt.failure
        move(claim, CLAIM_FLOW, ClaimState.PAYABLE, by=by, note=receipt.failure)
    line.save(update_fields=["state", "paid_on", "bank_serial", "failure"])
    _tell(claim, line, by)
    return "paid" if receipt.is_paid else "failed"


def _record_instalment(claim: Claim, by: User) -> None:
    """A centre's own record of its grant says the same as the bank."""
    part = claim.instalment
    if part is not None and part.paid_on is None and claim.paid_on is not None:
        record_instalment(grant_id=part.grant_id, by=by, place=part.place, paid_on=claim.paid_on)


def _tell(claim: Claim, line: PaymentLine, by: User) -> None:
    is_paid = line.state == LineState.PAID
    record(by=by, verb="拨付成功" if is_paid else "拨付失败", target=claim, note=line.failure, amount=str(line.amount))
    publish(
        f"subsidies.claim.{'paid' if is_paid else 'payment_failed'}",
        key=claim.ref,
        claim_ref=claim.ref,
        amount=str(line.amount),
        paid_on=str(line.paid_on or ""),
        instalment_id=claim.instalment_id,
    )
    if is_paid:
        tell(claim, f"申领 {claim.ref} 已拨付", f"{line.amount} 元，{line.paid_on} 到账。")
    else:
        tell(claim, f"申领 {claim.ref} 拨付失败", f"原因：{line.failure}。核对账户后由财政部门重新拨付。")


def unfinished_batches() -> list[int]:
    """Batches whose gathering was cut off: a job takes them up again."""
    return list(PaymentBatch.objects.filter(state=BatchState.BUILDING).order_by("pk").values_list("pk", flat=True))


def total_of(batch: PaymentBatch) -> Decimal:
    """Yuan of all lines of the batch."""
    return sum((line.amount for line in batch.lines.all()), start=NOTHING)
