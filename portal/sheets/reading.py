"""Opening an uploaded .xlsx, .xls or .csv; what it is, is told by its content and not by its name."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import python_calamine as calamine

from portal.errors import Invalid
from portal.sheets import archive

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
Row = list[Cell]

MAX_ROWS = 200_000
MAX_COLUMNS = 104  # through column CZ
MAX_CSV_BYTES = 100 * archive.MEGABYTE
LOCKED = "文件设有打开密码，无法读取。请在 Excel 中去掉密码（文件 - 信息 - 保护工作簿）后上传。"
EMPTY = "文件是空的，没有任何数据。"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PARTS = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One worksheet as it is. `rows[0]` is Excel's row 1; `formulas` holds (row, column letters)."""

    name: str
    rows: list[Row]
    formulas: set[tuple[int, str]] = field(default_factory=set)


def read_sheets(path: Path) -> Iterator[RawSheet]:
    """The visible worksheets of the file that hold anything, first to last, each read when asked for.

    Raises:
        Invalid: password, cut off, too large, empty, or no spreadsheet at all; in the user's words.
    """
    with path.open("rb") as stream:
        start = stream.read(4096)
    if not start:
        raise Invalid(EMPTY)
    if start.startswith(_ZIP):
        return _excel(path, archive.inspect(path))
    if start.startswith(_OLE):
        _refuse_encrypted(path)
        return _excel(path, archive.Inspection())
    if start.startswith(b"PK"):
        raise Invalid(archive.CUT_OFF)
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise Invalid("文件其实是网页，不是表格。请在 Excel 中打开后另存为 .xlsx 再上传。")
    return iter([RawSheet("CSV", _csv_rows(path.read_bytes()))])


def _refuse_encrypted(path: Path) -> None:
    # An encrypted .xlsx is an OLE file whose directory names these streams.
    content = path.read_bytes()
    if any(part in content for part in _ENCRYPTED_PARTS):
        raise Invalid(LOCKED)


def _excel(path: Path, inspection: archive.Inspection) -> Iterator[RawSheet]:
    parts = archive.parts_by_sheet(path) if inspection.last_rows else {}
    for part, last_row in inspection.last_rows.items():
        if last_row > MAX_ROWS and part in parts.values():
            raise Invalid(f"工作表超过 {MAX_ROWS} 行，请拆分后上传。")
    try:
        # Opened as a stream: given a path, the reader would believe the name's ending.
        with path.open("rb") as stream, calamine.CalamineWorkbook.from_filelike(stream) as book:
            sheets = [sheet for sheet in book.sheets_metadata if _is_readable(sheet)]
            for sheet in sheets:
                rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                if rows:
                    yield RawSheet(sheet.name, rows, inspection.formulas.get(parts.get(sheet.name, ""), set()))
    except calamine.PasswordError as error:
        raise Invalid(LOCKED) from error
    except (calamine.CalamineError, OSError) as error:
        raise Invalid(archive.CUT_OFF) from error
    except BaseException as error:
        # A panic of the Rust reader on a damaged file is no Exception.
        if type(error).__name__ == "PanicException":
            raise Invalid(archive.CUT_OFF) from error
        raise


def _is_readable(sheet: calamine.SheetMetadata) -> bool:
    return sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible


def _csv_rows(content: bytes) -> list[Row]:
    if len(content) > MAX_CSV_BYTES:
        raise Invalid(f"CSV 文件超过 {MAX_CSV_BYTES // archive.MEGABYTE} MB，请拆分后上传。")
    text = _decode(content)
    if not text.strip():
        raise Invalid(EMPTY)
    if "\0" in text:
        raise Invalid("文件不是表格，请上传 .xlsx、.xls 或 .csv。")
    rows = _parse_csv(text)
    width = max(map(len, rows), default=0)
    if len(rows) > MAX_ROWS or width > MAX_COLUMNS:
        raise Invalid(f"表格超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列，请拆分后上传。")
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _decode(content: bytes) -> str:
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("无法识别文件的文字编码，请另存为 .xlsx 或 UTF-8 编码的 .csv 后上传。")


def _parse_csv(text: str) -> list[list[str]]:
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",\t;", key=first_line.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise Invalid("CSV 文件不完整：最后一个引号没有结束，可能上传中断，请重新上传。") from error
    try:
        # Hand-made files put quotes inside cells without doubling them: read them as Excel does.
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Invalid("CSV 中有超长的单元格或引号错误，无法读取，请另存为 .xlsx 后上传。") from error
