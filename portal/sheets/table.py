"""Finding the table inside a sheet, and its rows as typed columns with an error for each bad cell."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.errors import Invalid
from portal.sheets.cells import NOTHING, Parser, as_text, clean
from portal.sheets.reading import Cell, RawSheet, Row, read_sheets

HEADER_WITHIN = 20
SHOWN_VALUE = 60
_UNIT = re.compile(r"[（(](元|万元|亿元)[)）]")
_UNIT_OR_MARK = re.compile(r"[（(][^（）()]*[)）]|[*＊:：\s]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an import, declared once: reading, template and messages all come from here."""

    field: str
    heading: str
    parse: Parser
    aliases: tuple[str, ...] = ()
    is_required: bool = False  # the heading must be there and each row must fill it
    is_lenient: bool = False  # a bad cell is left out with a warning instead of refusing its row
    by_unit: Callable[[str], Parser] | None = None  # for money: the parser for the unit that the heading names
    choices: tuple[str, ...] = ()  # offered as a drop-down in the template
    example: str = ""
    empty: Any = None  # the value of a cell with nothing in it


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that its user must put right, or at least know."""

    row: int  # as Excel shows it
    column: str  # letters as Excel shows them; empty when the whole row is meant
    heading: str
    value: str
    message: str

    def __str__(self) -> str:
        where = f"第 {self.row} 行" + (f" {self.column} 列“{self.heading}”" if self.column else "")
        return f"{where}：{self.message}"


@dataclass(slots=True)
class Table:
    """The rows of a sheet by column. All lists are as long as `row_numbers`; blank rows are left out."""

    sheet_name: str
    header_row: int
    headings: list[str]  # the header row as it stands
    letters: dict[str, str]  # field to column letters, for the columns found
    row_numbers: list[int]
    values: dict[str, list[Any]]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)  # indexes into row_numbers
    blank_count: int = 0
    unused_headings: list[str] = field(default_factory=list)

    def refuse(self, index: int, message: str, *, column: Column | None = None, value: object = "") -> None:
        """Refuse the row at `index` for `message`; `column` names the cell at fault."""
        self.problems.append(self._problem(index, message, column, value))
        self.refused.add(index)

    def warn(self, index: int, message: str, *, column: Column | None = None, value: object = "") -> None:
        """Take the row, and tell its user about it."""
        self.warnings.append(self._problem(index, message, column, value))

    def _problem(self, index: int, message: str, column: Column | None, value: object) -> Problem:
        letters = self.letters.get(column.field, "") if column else ""
        heading = column.heading if column else ""
        return Problem(self.row_numbers[index], letters, heading, as_text(value)[:SHOWN_VALUE], message)


def in_order(*kinds: Sequence[Problem]) -> list[Problem]:
    """The gravest kind first, each by its rows."""
    return [problem for kind in kinds for problem in sorted(kind, key=lambda problem: (problem.row, problem.column))]


def column_letters(index: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def read_table(path: Path, columns: Sequence[Column], *, one_of: Sequence[str] = ()) -> Table:
    """The first table in the file that has the headings of `columns`.

    `one_of` names fields of which at least one heading must be there, and each row must fill at least one.

    Raises:
        Invalid: the file cannot be read, no header was found, or there is nothing below it.
    """
    misses: list[str] = []
    for sheet in read_sheets(path):
        found = _find_header(sheet.rows, columns)
        missing = _missing_headings(found[1], columns, one_of)
        if missing:
            misses.append(_describe_miss(sheet, found, missing))
            continue
        table = _extract(sheet, found, columns, one_of)
        if not table.row_numbers:
            raise Invalid(f"工作表“{sheet.name}”只有表头，没有数据。")
        return table
    raise Invalid(misses[0] if misses else "文件是空的，没有任何数据。")


Found = tuple[int, dict[str, int]]  # index of the header row, field to column index


def _find_header(rows: list[Row], columns: Sequence[Column]) -> Found:
    """The row among the first HEADER_WITHIN that names most columns; instructions above it are passed over."""
    known = {_normal(word): column.field for column in columns for word in (column.heading, *column.aliases)}
    best: Found = (0, {})
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        found: dict[str, int] = {}
        for place, cell in enumerate(row):
            name = known.get(_normal(cell)) if isinstance(cell, str) else None
            if name and name not in found:
                found[name] = place
        if len(found) > len(best[1]):
            best = (index, found)
    return best


def _normal(heading: Cell) -> str:
    return _UNIT_OR_MARK.sub("", unicodedata.normalize("NFKC", clean(str(heading)))).upper()


def _missing_headings(found: dict[str, int], columns: Sequence[Column], one_of: Sequence[str]) -> list[str]:
    missing = [column.heading for column in columns if column.is_required and column.field not in found]
    if one_of and not any(name in found for name in one_of):
        missing.append("或".join(column.heading for column in columns if column.field in one_of))
    return missing


def _describe_miss(sheet: RawSheet, found: Found, missing: list[str]) -> str:
    quoted = "、".join(f"“{heading}”" for heading in missing)
    if not found[1]:
        return f"工作表“{sheet.name}”的前 {HEADER_WITHIN} 行中没有找到表头，需要有：{quoted}。"
    seen = "、".join(as_text(cell)[:20] for cell in sheet.rows[found[0]] if as_text(cell))
    return f"工作表“{sheet.name}”的表头（第 {found[0] + 1} 行）缺少{quoted}；现有：{seen[:200]}。"


def _extract(sheet: RawSheet, found: Found, columns: Sequence[Column], one_of: Sequence[str]) -> Table:
    header, places = found
    body = sheet.rows[header + 1 :]
    used = [(column, places[column.field]) for column in columns if column.field in places]
    indexes = [place for _, place in used]
    kept = [number for number, row in enumerate(body) if any(_has_content(row[place]) for place in indexes)]
    headings = [as_text(cell) for cell in sheet.rows[header]]
    table = Table(
        sheet_name=sheet.name,
        header_row=header + 1,
        headings=headings,
        letters={column.field: column_letters(place) for column, place in used},
        row_numbers=[number + header + 2 for number in kept],
        values={},
        blank_count=len(body) - len(kept),
        unused_headings=[text for place, text in enumerate(headings) if text and place not in indexes],
    )
    for column, place in used:
        cells = [body[number][place] for number in kept]
        formulas = {row for row, letters in sheet.formulas if letters == table.letters[column.field]}
        parse = _parser_for(table, column, place)
        table.values[column.field] = _parse_column(table, column, parse, cells, formulas)
    for column in columns:
        if column.field not in places:
            table.values[column.field] = [column.empty] * len(kept)
    _require_one(table, columns, one_of)
    return table


def _has_content(cell: Cell) -> bool:
    return clean(cell) not in NOTHING if isinstance(cell, str) else cell is not None


def _parser_for(table: Table, column: Column, place: int) -> Parser:
    if column.by_unit is None:
        return column.parse
    unit = _UNIT.search(table.headings[place])
    return column.by_unit(unit[1] if unit else "元")


def _parse_column(table: Table, column: Column, parse: Parser, cells: Sequence[Cell], formulas: set[int]) -> list[Any]:
    """The column's values. Strings reach the parser cleaned; a cell with nothing in it never does."""
    parsed: list[Any] = []
    for index, raw in enumerate(cells):
        cell = clean(raw) if isinstance(raw, str) else raw
        value, fault = column.empty, ""
        if formulas and table.row_numbers[index] in formulas:
            fault = "单元格是公式，请复制后用“选择性粘贴 - 数值”改为固定内容。"
        elif cell not in NOTHING:
            try:
                value = parse(cell)
            except Invalid as error:
                fault = error.message
        elif column.is_required:
            fault = f"“{column.heading}”没有填写。"
        if fault:
            tell = table.warn if column.is_lenient else table.refuse
            tell(index, fault, column=column, value=raw)
        parsed.append(value)
    return parsed


def _require_one(table: Table, columns: Sequence[Column], one_of: Sequence[str]) -> None:
    if not one_of:
        return
    names = "和".join(column.heading for column in columns if column.field in one_of)
    lists = [table.values[name] for name in one_of]
    for index in range(len(table.row_numbers)):
        if index not in table.refused and all(values[index] is None for values in lists):
            table.refuse(index, f"“{names}”都没有填写，无法识别是哪一件。")
