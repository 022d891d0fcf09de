"""Opening what users send: formats told by content, and everything that must be refused."""

import contextlib
import datetime as dt
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from portal.errors import Invalid
from portal.sheets.archive import CUT_OFF
from portal.sheets.reading import EMPTY, LOCKED, RawSheet, read_sheets
from tests.real_data import shared_file
from tests.sheets import builders

ROWS = [["名称", "申请号"], ["夹具", "201710601862.3"]]


def refusal(path: Path) -> str:
    with pytest.raises(Invalid) as caught:
        list(read_sheets(path))
    return caught.value.message


@pytest.mark.parametrize("name", ["list.xlsx", "list.xls", "list.csv", "list"])
def test_xlsx_is_told_by_its_content(tmp_path: Path, name: str) -> None:
    path = builders.xlsx(tmp_path / name, ROWS)

    assert list(read_sheets(path)) == [RawSheet("Sheet1", ROWS, set())]


def test_old_xls(tmp_path: Path) -> None:
    path = builders.xls(tmp_path / "list.xlsx", ROWS)

    assert list(read_sheets(path)) == [RawSheet("Sheet1", ROWS, set())]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = builders.csv(tmp_path / "list.csv", ROWS, encoding, delimiter)

    assert list(read_sheets(path)) == [RawSheet("CSV", ROWS, set())]


def test_csv_rows_are_made_equally_long(tmp_path: Path) -> None:
    path = builders.csv(tmp_path / "list.csv", [["a", "b", "c"], ["1"]])

    assert next(read_sheets(path)).rows == [["a", "b", "c"], ["1", "", ""]]


def test_csv_with_quotes_inside_cells_is_read_as_excel_does(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes('名称,摘要\r\n"电缆"接头,说明\r\n'.encode())

    assert next(read_sheets(path)).rows == [["名称", "摘要"], ["电缆接头", "说明"]]


def test_dates_of_excel_arrive_as_dates(tmp_path: Path) -> None:
    path = builders.xlsx(tmp_path / "list.xlsx", [["申请日"], [dt.date(2015, 3, 1)]])

    assert next(read_sheets(path)).rows[1] == [dt.date(2015, 3, 1)]


def test_formula_cells_are_noted(tmp_path: Path) -> None:
    path = builders.xlsx(tmp_path / "list.xlsx", [["名称", "数"], ["=A1&A1", 1], ["夹具", "=1+1"]])

    assert next(read_sheets(path)).formulas == {(2, "A"), (3, "B")}


def test_hidden_sheets_are_passed_over(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "隐藏"
    book.active.append(["x"])
    book.active.sheet_state = "hidden"
    book.create_sheet("可见").append(["y"])
    book.active = 1
    book.save(tmp_path / "list.xlsx")

    assert [sheet.name for sheet in read_sheets(tmp_path / "list.xlsx")] == ["可见"]


def test_empty_files(tmp_path: Path) -> None:
    nothing, blanks = tmp_path / "a.xlsx", tmp_path / "b.csv"
    nothing.write_bytes(b"")
    blanks.write_bytes(b"\r\n  \r\n")

    assert (refusal(nothing), refusal(blanks)) == (EMPTY, EMPTY)


def test_password_protected_xlsx(tmp_path: Path) -> None:
    assert refusal(builders.locked_xlsx(tmp_path / "list.xlsx", ROWS)) == LOCKED


def test_zip_bomb_of_200_mb_named_xlsx(tmp_path: Path) -> None:
    path = builders.bomb(tmp_path / "list.xlsx", megabytes=200)

    assert path.stat().st_size < builders.MEGABYTE
    assert refusal(path) == "文件解压后过大（超过 160 MB 或压缩比异常），为安全起见不予打开。请拆分后重新上传。"


def test_zip_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = builders.bomb(tmp_path / "list.xlsx", megabytes=200, claimed=1000)

    assert refusal(path) == "文件解压后过大（超过 160 MB 或压缩比异常），为安全起见不予打开。请拆分后重新上传。"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_upload_cut_off_half_way(tmp_path: Path, kind: str, share: float) -> None:
    whole = getattr(builders, kind)(tmp_path / f"list.{kind}", ROWS * 300)
    cut = tmp_path / f"cut.{kind}"
    content = whole.read_bytes()
    cut.write_bytes(content[: int(len(content) * share)])

    assert refusal(cut) == CUT_OFF


def test_csv_cut_off_inside_a_quoted_cell(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes('名称,摘要\r\n夹具,"本发明公开'.encode())

    assert refusal(path) == "CSV 文件不完整：最后一个引号没有结束，可能上传中断，请重新上传。"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html><table></table></html>", "文件其实是网页，不是表格。请在 Excel 中打开后另存为 .xlsx 再上传。"),
        (b"%PDF-1.7\0\0binary", "文件不是表格，请上传 .xlsx、.xls 或 .csv。"),
        (b"\xff\xff\xff\x81\x20", "无法识别文件的文字编码，请另存为 .xlsx 或 UTF-8 编码的 .csv 后上传。"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)

    assert refusal(path) == message


def test_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")

    assert refusal(path) == "文件不是 Excel 工作簿（.xlsx），请另存为 .xlsx 后上传。"


def test_value_far_to_the_right_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    book = Workbook()
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "list.xlsx")

    assert refusal(tmp_path / "list.xlsx") == "工作表列数过多（CZ 列之后仍有内容），请删除多余的列后上传。"


def test_value_far_below_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1048576"] = "x"
    book.save(tmp_path / "list.xlsx")

    assert refusal(tmp_path / "list.xlsx") == "工作表超过 200000 行，请拆分后上传。"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_workbooks_never_crash(tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["xlsx", "xls"]))
    source = tmp_path / f"whole.{kind}"
    if not source.exists():
        getattr(builders, kind)(source, ROWS * 20)
    content = bytearray(source.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"damaged.{kind}"
    path.write_bytes(content)

    with contextlib.suppress(Invalid):
        assert all(isinstance(sheet, RawSheet) for sheet in read_sheets(path))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)

    with contextlib.suppress(Invalid):
        assert all(isinstance(sheet, RawSheet) for sheet in read_sheets(path))


def test_real_sheet_with_a_formula_in_every_row() -> None:
    sheet = next(read_sheets(shared_file("imports/repeated_60k_rows.xlsx")))

    assert (len(sheet.rows), len(sheet.formulas), {letters for _, letters in sheet.formulas}) == (60129, 60128, {"C"})
