"""A bulletin as Excel with native charts, from the frozen set alone."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from portal import clock
from portal.sheets.writing import neutralise
from stats.documents.steady import steady
from stats.models import Bulletin
from stats.policy.bulletins import FEN
from stats.queries.bulletins import period_label

CHARTED = ("I01", "I03", "I11", "I12")
_BOLD, _GREY = Font(bold=True), PatternFill("solid", start_color="FFE7EBF0")
_WRAP = Alignment(wrap_text=True, vertical="top")
_CHART_ROWS = 18


def excel_of(bulletin: Bulletin) -> bytes:
    """The workbook; the same bytes each time for one bulletin."""
    numbers, book = bulletin.numbers, Workbook()
    book.remove(book.active)
    _write(book, "说明", ["项目", "内容"], _about(bulletin))
    _write(book, "全省指标", ["指标", "名称", "单位", *_FIGURES], [
        [one["code"], one["title"], one["unit"], *_figures(one, one["province"])] for one in numbers["indicators"]
    ])  # fmt: skip
    _write(book, "各市", ["指标", "名称", "单位", "位次", "市", *_FIGURES], [
        [one["code"], one["title"], one["unit"], line["rank"], line["name"], *_figures(one, line)]
        for one in numbers["indicators"]
        for line in one["cities"]
    ])  # fmt: skip
    _charts(book, numbers)
    _write(book, "目标进度", ["目标", "内容", "判断", "指标", "现值", "目标值", "按当前进度", "期限"], [
        [one["code"], one["title"], one["state"], part["label"], part["now"], part["goal"], part["lands"], one["remark"]]
        for one in numbers["targets"]
        for part in one["parts"]
    ])  # fmt: skip
    _write(book, "重点城市", ["指标", "名称", "市", "数值", "16市平均", "是否高于平均"], [
        [line["code"], line["title"], line["name"], _in_unit(one, line["value"]), _in_unit(one, line["mean"]),
         "是" if line["is_above"] else "否"]
        for line in numbers["key_cities"]
        for one in numbers["indicators"]
        if one["code"] == line["code"]
    ])  # fmt: skip
    if bulletin.changes:
        headings = ["指标", "名称", "范围", "事项", "更正前", "更正后"]
        names = ("code", "title", "name", "what", "before", "after")
        _write(book, "更正", headings, [[change[name] for name in names] for change in bulletin.changes])
    target = io.BytesIO()
    book.save(target)
    return steady(target.getvalue(), bulletin.frozen_at)


_FIGURES = ("数值", "上年同期", "增长", "其中存疑", "其中历史数")


def _about(bulletin: Bulletin) -> list[list[Any]]:
    lines = [
        ["编号", bulletin.ref],
        ["标题", bulletin.title],
        ["统计期", period_label(bulletin)],
        ["统计截止日", bulletin.numbers["as_of"]],
        ["定稿时间", f"{bulletin.frozen_at.astimezone(clock.SHANGHAI):%Y-%m-%d}"],
        ["数据校验码（SHA-256）", bulletin.checksum],
    ]
    if bulletin.revises:
        lines += [["更正的通报", bulletin.revises.ref], ["更正原因", bulletin.revision_reason]]
    return lines


def _figures(one: dict[str, Any], line: dict[str, Any]) -> list[Any]:
    growth = "—" if line["growth"] is None else Decimal(line["growth"])
    before = "—" if line["before"] is None else _in_unit(one, line["before"])
    return [
        _in_unit(one, line["value"]),
        before,
        growth,
        _in_unit(one, line["flagged"]),
        _in_unit(one, line["historic"]),
    ]


def _in_unit(one: dict[str, Any], value: str) -> Decimal:
    return (Decimal(value) / Decimal(one["scale"])).quantize(FEN)


def _write(book: Workbook, title: str, headings: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    page = book.create_sheet(title)
    page.append(list(headings))
    for line in lines:
        page.append([neutralise(cell) for cell in line])
    page.freeze_panes = "A2"
    for place, heading in enumerate(headings, start=1):
        cell = page.cell(1, place)
        cell.font, cell.fill, cell.alignment = _BOLD, _GREY, _WRAP
        longest = max((len(str(row[0].value or "")) for row in page.iter_rows(min_col=place, max_col=place)), default=0)
        page.column_dimensions[get_column_letter(place)].width = min(max(10, len(heading) * 2 + 2, longest * 1.6), 60)
        if heading == "增长":
            for row in range(2, page.max_row + 1):
                page.cell(row, place).number_format = "0.0%"


def _charts(book: Workbook, numbers: dict[str, Any]) -> None:
    """One native bar chart for each charted indicator, beside the cells that it shows."""
    page = book.create_sheet("图表")
    row = 1
    for one in numbers["indicators"]:
        if one["code"] not in CHARTED or not one["cities"]:
            continue
        page.cell(row, 1, "市").font = _BOLD
        page.cell(row, 2, f"{one['title']}（{one['unit']}）").font = _BOLD
        for place, line in enumerate(one["cities"], start=row + 1):
            page.cell(place, 1, line["name"])
            page.cell(place, 2, _in_unit(one, line["value"]))
        last = row + len(one["cities"])
        chart = BarChart()
        chart.type, chart.style, chart.legend = "col", 10, None
        chart.title = f"{one['title']}（{one['unit']}）"
        chart.height, chart.width = 8.5, 24
        chart.x_axis.delete = chart.y_axis.delete = False
        chart.add_data(Reference(page, min_col=2, min_row=row, max_row=last), titles_from_data=True)
        chart.set_categories(Reference(page, min_col=1, min_row=row + 1, max_row=last))
        page.add_chart(chart, f"D{row}")
        row = max(last + 3, row + _CHART_ROWS)
    page.column_dimensions["B"].width = 36
