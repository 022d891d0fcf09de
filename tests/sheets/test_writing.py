"""Workbooks that the portal hands out."""

import datetime as dt
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.errors import Invalid
from portal.sheets import cells, writing
from portal.sheets.reading import read_sheets
from portal.sheets.table import Column, Problem, read_table
from tests.sheets import builders

COLUMNS = (
    Column("title", "专利名称", cells.line(50), is_required=True, example="夹具"),
    Column("way", "转化方式", cells.choice({"转让": "transfer", "许可": "licence"}), choices=("转让", "许可")),
)


def test_error_sheet_is_a_copy_with_reasons_and_marks(tmp_path: Path) -> None:
    original = builders.csv(
        tmp_path / "a.csv", [["说明"], ["专利名称", "转化方式"], ["夹具", "租赁"], ["=1+1", "转让"]]
    )
    problems = [Problem(3, "B", "转化方式", "租赁", "不在可选范围内。"), Problem(4, "", "", "", "整行有误。")]

    writing.error_workbook(original, problems, tmp_path / "b.xlsx", sheet_name="CSV", header_row=2)

    page = load_workbook(tmp_path / "b.xlsx").active
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["说明", None, None],
        ["专利名称", "转化方式", "错误说明"],
        ["夹具", "租赁", "B 列“转化方式”：不在可选范围内。"],
        ["'=1+1", "转让", "整行有误。"],
    ]
    marked = [cell.coordinate for row in page.iter_rows() for cell in row if cell.fill.fill_type]
    assert marked == ["B3", "C3", "C4"]
    assert "f" not in {cell.data_type for row in page.iter_rows() for cell in row}


def test_mended_error_sheet_can_be_uploaded_again(tmp_path: Path) -> None:
    original = builders.xlsx(tmp_path / "a.xlsx", [["专利名称", "转化方式"], ["夹具", "租赁"], ["-40℃电池", "转让"]])
    table = read_table(original, COLUMNS)
    writing.error_workbook(original, table.problems, tmp_path / "b.xlsx", sheet_name="Sheet1", header_row=1)
    book = load_workbook(tmp_path / "b.xlsx")
    book.active["B2"] = "许可"
    book.save(tmp_path / "c.xlsx")

    mended = read_table(tmp_path / "c.xlsx", COLUMNS)
    writing.error_workbook(tmp_path / "c.xlsx", [], tmp_path / "d.xlsx", sheet_name="Sheet1", header_row=1)

    assert mended.values == {"title": ["夹具", "-40℃电池"], "way": ["licence", "transfer"]}
    assert mended.problems == []
    assert next(read_sheets(tmp_path / "d.xlsx")).rows[0] == ["专利名称", "转化方式", "错误说明"]


def test_template_has_text_format_drop_downs_and_a_version() -> None:
    content = writing.template_workbook(COLUMNS, title="专利清单", version="patents.pool/1")

    book = load_workbook(io.BytesIO(content))
    page = book["数据"]
    assert [cell.value for cell in page[2]] == ["专利名称*", "转化方式"]
    assert [str(span) for span in page.merged_cells.ranges] == ["A1:B1"]
    assert page.column_dimensions["A"].number_format == "@"
    assert [(str(rule.sqref), rule.formula1) for rule in page.data_validations.dataValidation] == [
        ("B3:B5000", '"转让,许可"')
    ]
    assert [cell.value for cell in book["填写说明"][1]] == ["模板版本", "patents.pool/1", None, None]


def test_filled_template_is_read_back(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(writing.template_workbook(COLUMNS, title="专利清单", version="1")))
    book["数据"].append(["夹具", "许可"])
    book.save(tmp_path / "a.xlsx")

    assert read_table(tmp_path / "a.xlsx", COLUMNS).values == {"title": ["夹具"], "way": ["licence"]}


def test_unfilled_template_has_only_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(writing.template_workbook(COLUMNS, title="专利清单", version="1"))

    with pytest.raises(Invalid, match="工作表“数据”只有表头，没有数据。"):
        read_table(path, COLUMNS)


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-5", "'-5"),
        ("@cmd", "'@cmd"),
        ("夹具", "夹具"),
        (-5, -5),
        (None, None),
    ],
)
def test_neutralise(value: object, safe: object) -> None:
    assert writing.neutralise(value) == safe


def test_exports_are_neutralised() -> None:
    rows = [["=1+1", -5, None], ["夹具", 2, dt.datetime(2015, 3, 1, 8, tzinfo=dt.UTC)]]

    page = load_workbook(io.BytesIO(writing.export_workbook(["名称", "数", "时间"], rows))).active
    lines = "".join(writing.export_csv(["名称", "数", "时间"], rows))

    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["名称", "数", "时间"],
        ["'=1+1", -5, None],
        ["夹具", 2, dt.datetime(2015, 3, 1, 8)],  # noqa: DTZ001  Excel knows no zones
    ]
    assert lines == "\ufeff名称,数,时间\r\n'=1+1,-5,\r\n夹具,2,2015-03-01 08:00:00+00:00\r\n"


def test_long_export_says_that_it_was_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "EXPORT_LIMIT", 2)

    lines = "".join(writing.export_csv(["数"], [[1], [2], [3]])).splitlines()

    assert lines[:3] == ["\ufeff数", "1", "2"]
    assert lines[3].startswith("（结果超过")


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=5))
def test_any_text_can_be_exported_and_read_back(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(writing.export_workbook(["名称"], [[text] for text in texts]))

    rows = next(read_sheets(path)).rows

    assert rows[0] == ["名称"]
