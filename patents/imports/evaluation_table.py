"""Indicator tables from JSON, or from a sheet with a row for each indicator and each scene."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from patents.enums.evaluation import Dimension
from portal.errors import Invalid
from portal.sheets.cells import as_text
from portal.sheets.reading import RawSheet, read_sheets

HEADINGS = (
    "类别",
    "维度",
    "二级指标",
    "代码",
    "名称",
    "权重",
    "乘数",
    "计算规则",
    "评分说明",
    "法律权重",
    "技术权重",
    "经济权重",
)
KINDS = {"指标": "indicator", "场景": "scene"}
DIMENSIONS = {dimension.label: dimension.value for dimension in Dimension}
MAX_BYTES = 1024 * 1024
DEFAULT_SCALE = 10


def read_parameters(path: Path, *, shape: dict[str, int] | None = None) -> dict[str, Any]:
    """The parameters of a table as the file has them; `shape` is what its standard says of its size.

    Raises:
        Invalid: the file cannot be read, or a cell is wrong; the message names row and column.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Invalid("文件超过 1 MB。", field="file")
    content = path.read_bytes()
    parameters = _from_json(content) if content.lstrip()[:1] == b"{" else _from_sheet(path)
    return {**parameters, **({"shape": shape} if shape else {})}


def _from_json(content: bytes) -> dict[str, Any]:
    try:
        parameters = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"JSON 无法读取：{error}", field="file") from error
    if not isinstance(parameters, dict):
        raise Invalid("JSON 应为对象。", field="file")
    return parameters


def _from_sheet(path: Path) -> dict[str, Any]:
    sheet = next(iter(read_sheets(path)), RawSheet("", []))
    header = [as_text(cell).strip() for cell in (sheet.rows[0] if sheet.rows else [])]
    if missing := [name for name in HEADINGS if name not in header]:
        raise Invalid(f"第 1 行缺少列“{'”“'.join(missing)}”。", field="file")
    places = {name: header.index(name) for name in HEADINGS}
    parameters: dict[str, Any] = {"scale": DEFAULT_SCALE, "indicators": [], "scenes": []}
    for number, cells in enumerate(sheet.rows[1:], start=2):
        row = {name: as_text(cells[at]).strip() if at < len(cells) else "" for name, at in places.items()}
        if any(row.values()):
            _add(parameters, row, number)
    return parameters


def _add(parameters: dict[str, Any], row: dict[str, str], number: int) -> None:
    kind = KINDS.get(row["类别"])
    if kind is None:
        raise _wrong(number, "类别", "应为“指标”或“场景”")
    if kind == "scene":
        weights = {dimension.value: _fraction(row, number, f"{dimension.label[:2]}权重") for dimension in Dimension}
        parameters["scenes"].append({"code": row["代码"], "name": row["名称"], "weights": weights})
    else:
        parameters["indicators"].append(_indicator(row, number))


def _indicator(row: dict[str, str], number: int) -> dict[str, Any]:
    dimension = DIMENSIONS.get(row["维度"])
    if dimension is None:
        raise _wrong(number, "维度", f"应为{'、'.join(DIMENSIONS)}之一")
    found: dict[str, Any] = {"code": row["代码"], "name": row["名称"], "dimension": dimension}
    if row["乘数"] == "是":
        found["multiplier"] = True
    else:
        found["weight"] = _fraction(row, number, "权重")
    if row["二级指标"]:
        found["group"] = row["二级指标"]
    if row["评分说明"]:
        found["guide"] = row["评分说明"]
    if row["计算规则"]:
        found["computed"] = _rule(row["计算规则"], number)
    return found


def _rule(text: str, number: int) -> dict[str, Any]:
    """The rule as JSON, the form in which it is kept: bands and values do not fit one cell otherwise."""
    try:
        rule = json.loads(text)
    except ValueError as error:
        raise _wrong(number, "计算规则", "应为 JSON") from error
    if not isinstance(rule, dict):
        raise _wrong(number, "计算规则", "应为 JSON 对象")
    return rule


def _fraction(row: dict[str, str], number: int, column: str) -> str:
    try:
        value = Decimal(row[column])
    except InvalidOperation as error:
        raise _wrong(number, column, "应为 0 至 1 之间的小数") from error
    if not value.is_finite() or not 0 <= value <= 1:
        raise _wrong(number, column, "应为 0 至 1 之间的小数")
    return f"{value:f}"


def _wrong(number: int, column: str, text: str) -> Invalid:
    return Invalid(f"第 {number} 行“{column}”{text}。", field="file")
