"""Import of other bodies' payment lists into the ledger. The same row again changes nothing."""

from pathlib import Path
from typing import Any

from django.db import transaction

from patents.services.moves import require_role
from portal import clock, codes
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.outbox.services import publish
from portal.sheets import cells
from portal.sheets.services import fingerprint
from portal.sheets.table import Column, Table, read_table
from subsidies.imports.common import Outcome, patent_number, rows_of
from subsidies.models import OtherPayment
from subsidies.policy.likeness import loan_key

TEMPLATE_VERSION = "subsidies.other-payments/1"
COLUMNS: tuple[Column, ...] = (
    Column("payer", "发放单位", cells.line(100), aliases=("发放部门",), is_required=True, example="某市财政局"),
    Column("programme", "资金名称", cells.line(200), example="科技型企业贷款贴息", empty=""),
    Column("firm_name", "企业名称", cells.line(200), aliases=("单位名称",), is_required=True, example="某某有限公司"),
    Column("uscc", "统一社会信用代码", codes.parse_uscc, is_required=True, example="91370100MA3XXXXX0X"),
    Column("loan_ref", "贷款合同号", cells.line(60), aliases=("合同号",), example="HT-2024-001", empty=""),
    Column("patent_number", "专利号", patent_number, aliases=("申请号",), example="201710601862.3", empty=""),
    Column("principal", "贷款本金（元）", cells.amount("元"), by_unit=cells.amount, example="5000000.00"),
    Column("amount", "补贴金额（元）", cells.amount("元"), by_unit=cells.amount, is_required=True, example="104937.50"),
    Column("paid_on", "拨付日", cells.date, aliases=("拨付日期",), is_required=True, example="2025-12-20"),
)
COLUMN = {column.field: column for column in COLUMNS}


@transaction.atomic
def import_payments(*, path: Path, by: User, apply: bool) -> Outcome:
    """Check a list and, with `apply` and nothing against it, write it whole; matching follows from the event.

    Raises:
        Invalid: the file is no such sheet.
        NotAllowed: officials of province and cities bring lists.
    """
    require_role(by, Role.PROVINCE, Role.CITY, message="拨付名单由省、市管理人员导入。")
    table, sha256 = read_table(path, COLUMNS, one_of=("loan_ref", "patent_number")), fingerprint(path)
    fresh, unchanged = _compare(table, rows_of(table, COLUMNS))
    outcome = Outcome(
        row=len(table.row_numbers),
        new=len(fresh),
        unchanged=unchanged,
        problems=tuple(table.problems),
        is_applied=apply and not table.problems,
    )
    if outcome.is_applied and fresh:
        made = OtherPayment.objects.bulk_create(
            OtherPayment(**values, source_sha256=sha256, source_row=table.row_numbers[index]) for index, values in fresh
        )
        payment_ids = [payment.pk for payment in made]
        publish("subsidies.payments.imported", key=f"payments:{sha256[:16]}", payment_ids=payment_ids)
        record(by=by, verb="导入其他渠道拨付", target=made[0], sha256=sha256, rows=len(made))
    return outcome


def _compare(table: Table, rows: list[tuple[int, dict[str, Any]]]) -> tuple[list[tuple[int, dict[str, Any]]], int]:
    keys = ("payer", "uscc", "loan_key", "patent_number", "paid_on", "amount")
    firms = [values["uscc"] for _, values in rows]
    standing = set(OtherPayment.objects.filter(uscc__in=firms).values_list(*keys))
    fresh, unchanged = [], 0
    for index, values in rows:
        values["loan_key"] = loan_key(values["loan_ref"])
        key = tuple(values[name] for name in keys)
        if values["amount"] <= 0:
            table.refuse(index, "补贴金额应大于 0。", column=COLUMN["amount"], value=values["amount"])
        elif values["paid_on"] > clock.today():
            table.refuse(index, "拨付日晚于今天。", column=COLUMN["paid_on"], value=values["paid_on"])
        elif key in standing:
            unchanged += 1
        else:
            standing.add(key)
            fresh.append((index, values))
    return fresh, unchanged
