"""Workbooks that the portal hands out: the sheet of errors, templates, exports."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.datavalidation import DataValidation

from portal.errors import Invalid
from portal.sheets.cells import clean
from portal.sheets.reading import RawSheet, read_sheets
from portal.sheets.table import Column, Problem, column_letters

ERROR_HEADING = "错误说明"
DATA_SHEET = "数据"
GUIDE_SHEET = "填写说明"
TEMPLATE_ROWS = 5000  # rows prepared with text format and drop-downs
EXPORT_LIMIT = 200_000
CUT_SHORT = f"（结果超过 {EXPORT_LIMIT} 行，以下未导出，请缩小范围）"
TEXT_FORMAT = "@"
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_RED = PatternFill("solid", start_color="FFFFC7CE")
_GREY = PatternFill("solid", start_color="FFE7EBF0")
_BOLD = Font(bold=True)
_WRAP = Alignment(wrap_text=True, vertical="top")


def neutralise(value: Any) -> Any:
    """`value` for a cell that no spreadsheet program will run: text starting with = + - @ gets a leading '.

    Numbers and dates stay what they are. Reading takes the ' off again (`cells.clean`).
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def error_workbook(
    original: Path, problems: Sequence[Problem], target: Path, *, sheet_name: str, header_row: int
) -> None:
    """Write a copy of the uploaded sheet with a column 错误说明 and the faulty cells marked, to mend and upload again.

    Values are copied, and an 错误说明 column of an earlier round is replaced; the look of the original is not kept,
    so that the largest sheet can be streamed.
    """
    sheet = _sheet_named(original, sheet_name)
    header = sheet.rows[header_row - 1]
    dropped = {place for place, cell in enumerate(header) if cell == ERROR_HEADING}
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row, []).append(problem)
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.name[:31])
    page.freeze_panes = f"A{header_row + 1}"
    page.column_dimensions[column_letters(len(header) - len(dropped))].width = 60
    for number, row in enumerate(sheet.rows, start=1):
        found = by_row.get(number, [])
        marked = {problem.column for problem in found}
        cells = [
            _cell(page, value, fill=_RED if column_letters(place) in marked else None, bold=number == header_row)
            for place, value in enumerate(row)
            if place not in dropped
        ]
        note = ERROR_HEADING if number == header_row else "\n".join(_explain(problem) for problem in found)
        page.append([*cells, _cell(page, note, fill=_RED if found else None, bold=number == header_row)])
    book.save(target)


def _sheet_named(path: Path, name: str) -> RawSheet:
    for sheet in read_sheets(path):
        if sheet.name == name:
            return sheet
    raise Invalid(f"文件中没有工作表“{name}”。")


def _explain(problem: Problem) -> str:
    return f"{problem.column} 列“{problem.heading}”：{problem.message}" if problem.column else problem.message


def _cell(page: Any, value: Any, *, fill: PatternFill | None = None, bold: bool = False) -> WriteOnlyCell:
    try:
        cell = WriteOnlyCell(page, _storable(value))
    except (IllegalCharacterError, ValueError):
        cell = WriteOnlyCell(page, neutralise(clean(str(value))))
    if isinstance(value, str):
        cell.number_format = TEXT_FORMAT
    if fill:
        cell.fill = fill
    if bold:
        cell.font = _BOLD
    return cell


def _storable(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    return neutralise(value)


def template_workbook(columns: Sequence[Column], *, title: str, version: str) -> bytes:
    """An empty .xlsx for an import: instructions above the header, text format, drop-downs, and a version cell."""
    book = Workbook()
    page = book.active
    page.title = DATA_SHEET
    page.append([f"{title}。带 * 的列必须填写；编号、代码、日期请按文本填写；说明见“{GUIDE_SHEET}”。"])
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    page["A1"].alignment = _WRAP
    page.row_dimensions[1].height = 36
    page.append([column.heading + ("*" if column.is_required else "") for column in columns])
    page.freeze_panes = "A3"
    for place, column in enumerate(columns):
        _prepare_column(page, place, column)
    guide = book.create_sheet(GUIDE_SHEET)
    guide.append(["模板版本", version])
    guide.append(["列", "必填", "示例", "可选内容"])
    for column in columns:
        required = "是" if column.is_required else "否"
        guide.append([column.heading, required, column.example, "、".join(column.choices)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _prepare_column(page: Any, place: int, column: Column) -> None:
    letters = column_letters(place)
    header = page[f"{letters}2"]
    header.font, header.fill = _BOLD, _GREY
    page.column_dimensions[letters].width = max(14, min(40, 2 * len(column.heading) + 6))
    page.column_dimensions[letters].number_format = TEXT_FORMAT
    if column.choices:
        choices = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
        choices.error, choices.errorTitle = "请从下拉列表中选择。", column.heading
        choices.showErrorMessage = True
        page.add_data_validation(choices)
        choices.add(f"{letters}3:{letters}{TEMPLATE_ROWS}")


def export_workbook(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet_name: str = DATA_SHEET) -> bytes:
    """A streamed .xlsx of `rows`, at most EXPORT_LIMIT of them and then a line that says so."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet_name[:31])
    page.freeze_panes = "A2"
    page.append([_cell(page, heading, fill=_GREY, bold=True) for heading in headings])
    for row in _bounded(rows):
        page.append([_cell(page, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def export_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a CSV file that Excel opens as UTF-8, bounded as `export_workbook`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    writer.writerow([neutralise(heading) for heading in headings])
    for row in _bounded(rows):
        writer.writerow([neutralise(value) for value in row])
        if buffer.tell() > 64 * 1024:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _bounded(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows):
        if number == EXPORT_LIMIT:
            yield [CUT_SHORT]
            return
        yield row
