"""Sheets of reference tables: a place of the IPC (or an industry) and what it is in another classification."""

import re
from pathlib import Path

from patents.classifications import PATENT_INTENSIVE, SEI, ipc_prefix
from patents.enums import TableKind
from patents.services.industries import Reference
from portal.errors import Invalid
from portal.sheets import cells
from portal.sheets.cells import Parser
from portal.sheets.table import Column, Table, read_table

_IPC_HEADINGS = ("IPC", "IPC分类号", "IPC代码", "国际专利分类", "国际专利分类号（IPC）")
_INDUSTRY = re.compile(r"[A-T]?(\d{2,4})")


def _ipc(cell: object) -> str:
    found = ipc_prefix(cells.as_text(cell))
    if not found:
        raise Invalid("不是国际专利分类号。")
    return found


def _industry(cell: object) -> str:
    found = _INDUSTRY.fullmatch(cells.as_text(cell).strip().upper())
    if not found:
        raise Invalid("不是国民经济行业分类代码（2 至 4 位数字）。")
    return found[1]


def _sei(cell: object) -> str:
    code = cells.as_text(cell).strip().rstrip("*")
    if ".".join(code.split(".")[:2]) not in SEI or not re.fullmatch(r"\d(\.\d{1,2}){0,4}", code):
        raise Invalid("不是战略性新兴产业分类（2018）的代码。")
    return code


def _intensive(cell: object) -> str:
    text = cells.as_text(cell).strip()
    code = text.zfill(2) if text.isascii() and text.isdigit() else ""
    by_name = {name: key for key, name in PATENT_INTENSIVE.items()}
    found = code if code in PATENT_INTENSIVE else by_name.get(text, "")
    if not found:
        raise Invalid("不是专利密集型产业的类别（01 至 07）。")
    return found


def _columns(place: Column, code: Parser | None, heading: str, *aliases: str, has_name: bool = False) -> list[Column]:
    columns = [place]
    if code:
        columns.append(Column("code", heading, code, aliases=aliases, is_required=True))
    name = Column("name", "名称", cells.line(400), aliases=("类名", "分类名称"), is_required=has_name, empty="")
    return [*columns, name]


_IPC_PLACE = Column("place", "国际专利分类号", _ipc, aliases=_IPC_HEADINGS, is_required=True)
_INDUSTRY_PLACE = Column(
    "place", "国民经济行业分类代码", _industry, aliases=("国民经济行业代码", "行业代码"), is_required=True
)
COLUMNS: dict[str, list[Column]] = {
    TableKind.IPC_SEI: _columns(_IPC_PLACE, _sei, "战略性新兴产业分类代码", "战略性新兴产业代码", "战略性新兴产业分类"),
    TableKind.IPC_INDUSTRY: _columns(
        _IPC_PLACE, _industry, "国民经济行业分类代码", "国民经济行业代码", "国民经济行业分类"
    ),
    TableKind.INTENSIVE: _columns(_INDUSTRY_PLACE, _intensive, "专利密集型产业", "专利密集型产业代码"),
    TableKind.IPC_NAMES: _columns(_IPC_PLACE, None, "", has_name=True),
}


def read_references(path: Path, kind: str) -> list[Reference]:
    """The rows of a table, each once.

    Raises:
        Invalid: the file cannot be read, or a row is wrong: nothing of a faulty table may be used.
    """
    table = read_table(path, COLUMNS[kind])
    if table.problems:
        shown = "；".join(str(problem) for problem in table.problems[:5])
        raise Invalid(f"表中有 {len(table.problems)} 处错误，没有导入：{shown}")
    return list(_rows(table))


def _rows(table: Table) -> dict[Reference, None]:
    codes = table.values.get("code") or [""] * len(table.row_numbers)
    first: dict[tuple[str, str], str] = {}
    for place, code, name in zip(table.values["place"], codes, table.values["name"], strict=True):
        first.setdefault((place, code), name or "")
    return {(place, code, name): None for (place, code), name in first.items()}
