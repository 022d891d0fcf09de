"""Files as users send them, built on the spot."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msoffcrypto.format.ooxml
import xlwt
from openpyxl import Workbook

MEGABYTE = 1024 * 1024


def xlsx(path: Path, rows: Sequence[Sequence[Any]], *, merge: str = "", sheet: str = "Sheet1") -> Path:
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    if merge:
        page.merge_cells(merge)
    book.save(path)
    return path


def xls(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet1")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            page.write(number, place, value)
    book.save(str(path))
    return path


def csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    return path


def locked_xlsx(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    plain = xlsx(path.with_suffix(".plain"), rows)
    with plain.open("rb") as source, path.open("wb") as target:
        msoffcrypto.format.ooxml.OOXMLFile(source).encrypt("secret", target)
    return path


def bomb(path: Path, *, megabytes: int, claimed: int | None = None) -> Path:
    """An .xlsx whose only sheet unpacks to zeros; `claimed` forges the size in the archive's directory."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/_rels/workbook.xml.rels", "<Relationships/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as part:
            for _ in range(megabytes):
                part.write(b"\0" * MEGABYTE)
    if claimed is not None:
        content = path.read_bytes()
        real = struct.pack("<I", megabytes * MEGABYTE)
        path.write_bytes(content.replace(real, struct.pack("<I", claimed)))
    return path
