"""A bank's daily statement as a sheet or CSV, for banks that do not send it over the API."""

from pathlib import Path
from typing import Any

from finance.enums import LoanState
from finance.services.reconciliation import MAX_LINES
from portal.errors import Invalid
from portal.sheets import cells
from portal.sheets.table import Column, Problem, read_table

TEMPLATE_VERSION = "finance.statement/1"
_STATES = {str(label): code for code, label in LoanState.choices} | {code: code for code in LoanState.values}
COLUMNS: tuple[Column, ...] = (
    Column("project_ref", "项目编号", cells.line(20), is_required=True, example="RZ2026-000123"),
    Column(
        "principal", "合同本金（元）", cells.amount("元"), by_unit=cells.amount, aliases=("贷款本金",), is_required=True,
        example="2000000.00",
    ),
    Column(
        "balance", "本金余额（元）", cells.amount("元"), by_unit=cells.amount, aliases=("贷款余额",), is_required=True,
        example="1500000.00",
    ),
    Column("state", "状态", cells.choice(_STATES), aliases=("贷款状态",), is_required=True, example="正常"),
)  # fmt: skip


def read_statement(path: Path) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The lines of a statement and, where there are any, the problems by row and column; then nothing is taken.

    Raises:
        Invalid: the file is no such sheet, or has more lines than a statement may.
    """
    table = read_table(path, COLUMNS)
    count = len(table.row_numbers)
    if count > MAX_LINES:
        raise Invalid(f"每份对账单最多 {MAX_LINES} 笔，文件有 {count} 笔。", field="file")
    lines = [{column.field: table.values[column.field][place] for column in COLUMNS} for place in range(count)]
    return [] if table.problems else lines, list(table.problems)
