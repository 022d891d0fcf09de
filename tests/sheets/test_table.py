"""Finding the table in a sheet, and its rows as typed columns."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from portal.errors import Invalid
from portal.sheets import cells
from portal.sheets.table import Column, Problem, column_letters, read_table
from tests.real_data import shared_file
from tests.sheets import builders

COLUMNS = (
    Column("title", "专利名称", cells.line(10), aliases=("名称",), is_required=True),
    Column("filed_on", "申请日", cells.date, aliases=("申请日期",)),
    Column("level", "成熟度", cells.whole_number(1, 9), is_lenient=True),
    Column("price", "价格（元）", cells.amount("元"), by_unit=cells.amount),
)


def test_column_letters() -> None:
    assert [column_letters(i) for i in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_rows_become_typed_columns(tmp_path: Path) -> None:
    path = builders.xlsx(
        tmp_path / "a.xlsx",
        [
            ["专利名称*", "备注", "申请日期", "价格（万元）", "成熟度"],
            ["夹具", "x", dt.date(2015, 3, 1), "1.5", "7"],
            ["", "", "", "", ""],
            ["钻头", "", "无数据", 2, "高"],
        ],
    )

    table = read_table(path, COLUMNS)

    assert table.values == {
        "title": ["夹具", "钻头"],
        "filed_on": [dt.date(2015, 3, 1), None],
        "level": [7, None],
        "price": [Decimal("15000.00"), Decimal("20000.00")],
    }
    assert (table.header_row, table.row_numbers, table.blank_count) == (1, [2, 4], 1)
    assert (table.unused_headings, table.problems, table.refused) == (["备注"], [], set())
    assert table.warnings == [Problem(4, "E", "成熟度", "高", "“高”应为 1 至 9 的整数。")]


def test_header_under_merged_instruction_rows(tmp_path: Path) -> None:
    rows = [["提示：名称必填", None], ["日期格式为 yyyy-MM-dd", None], ["名称", "申请日"], ["夹具", "2015-03-01"]]
    path = builders.xlsx(tmp_path / "a.xlsx", rows, merge="A1:B1")

    table = read_table(path, COLUMNS)

    assert (table.header_row, table.row_numbers, table.values["title"]) == (3, [4], ["夹具"])


def test_real_template_with_a_merged_instruction_row() -> None:
    columns = (Column("number", "申请号", cells.line(20), is_required=True),)

    with pytest.raises(Invalid) as caught:
        read_table(shared_file("imports/merged_header_template.xls"), columns)

    assert caught.value.message == "工作表“Sheet1”只有表头，没有数据。"


def test_header_only(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read_table(builders.xlsx(tmp_path / "a.xlsx", [["专利名称", "申请日"]]), COLUMNS)

    assert caught.value.message == "工作表“Sheet1”只有表头，没有数据。"


def test_empty_sheet(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read_table(builders.xlsx(tmp_path / "a.xlsx", []), COLUMNS)

    assert caught.value.message == "文件是空的，没有任何数据。"


def test_missing_heading_is_named_with_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read_table(builders.xlsx(tmp_path / "a.xlsx", [["题目", "申请日"], ["夹具", "2015-03-01"]]), COLUMNS)

    assert caught.value.message == "工作表“Sheet1”的表头（第 1 行）缺少“专利名称”；现有：题目、申请日。"


def test_no_header_at_all(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read_table(builders.xlsx(tmp_path / "a.xlsx", [[1, 2], [3, 4]]), COLUMNS)

    assert caught.value.message == "工作表“Sheet1”的前 20 行中没有找到表头，需要有：“专利名称”。"


def test_table_on_a_later_sheet_is_found(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = builders.xlsx(tmp_path / "a.xlsx", [["说明"]], sheet="说明")
    book = load_workbook(path)
    page = book.create_sheet("清单")
    page.append(["名称"])
    page.append(["夹具"])
    book.save(path)

    assert read_table(path, COLUMNS).sheet_name == "清单"


def test_each_bad_cell_is_told_where_and_why(tmp_path: Path) -> None:
    path = builders.xlsx(
        tmp_path / "a.xlsx",
        [
            ["名称", "申请日"],
            ["=UPPER(B1)", "2015-03-01"],
            ["夹具", "2015-02-30"],
            ["", "2015-03-01"],
            ["很长的名称很长的名称", "2015.3.1"],
            ["更长的名称更长的名称啊", "明天"],
        ],
    )

    table = read_table(path, COLUMNS)

    assert sorted(table.problems, key=lambda problem: (problem.row, problem.column)) == [
        Problem(2, "A", "专利名称", "", "单元格是公式，请复制后用“选择性粘贴 - 数值”改为固定内容。"),
        Problem(3, "B", "申请日", "2015-02-30", "“2015-02-30”不是存在的日期。"),
        Problem(4, "A", "专利名称", "", "“专利名称”没有填写。"),
        Problem(6, "A", "专利名称", "更长的名称更长的名称啊", "内容有 11 个字，最多 10 个字。"),
        Problem(6, "B", "申请日", "明天", "“明天”不是日期，请写成 2015-03-01 的形式。"),
    ]
    assert table.refused == {0, 1, 2, 4}
    assert str(table.problems[0]).startswith("第 2 行 A 列“专利名称”：单元格是公式")


def test_formula_in_an_unused_column_does_no_harm(tmp_path: Path) -> None:
    path = builders.xlsx(tmp_path / "a.xlsx", [["名称", "链接"], ["夹具", '=HYPERLINK("http://example.com")']])

    assert read_table(path, COLUMNS).problems == []


def test_one_of_several_columns_must_be_filled(tmp_path: Path) -> None:
    path = builders.xlsx(tmp_path / "a.xlsx", [["名称", "申请日", "成熟度"], ["夹具", "", 7], ["钻头", "", ""]])

    table = read_table(path, COLUMNS, one_of=("filed_on", "level"))

    assert [str(problem) for problem in table.problems] == ["第 3 行：“申请日和成熟度”都没有填写，无法识别是哪一件。"]
