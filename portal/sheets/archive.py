"""Looking inside an .xlsx before anything opens it: is it whole, is it honest, has it formulas."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from portal.errors import Invalid

MEGABYTE = 1024 * 1024
MAX_UNPACKED_BYTES = 160 * MEGABYTE  # about 130,000 patents with abstracts
MAX_RATIO = 200  # spreadsheets of real text pack to a tenth; a bomb to a thousandth
RATIO_FROM_BYTES = 8 * MEGABYTE
MAX_ENTRIES = 2000
CHUNK = 256 * 1024
CUT_OFF = "文件不完整，可能上传中断或已损坏，请重新上传。"

_OVERLAP = 512  # longest start tag of a cell that a chunk border may cut
_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]{0,200}><f[ >/]')
# A value beyond column CZ: the reader would lay out every cell up to it in memory.
_FAR_CELL = re.compile(rb'<c r="(?:[A-Z]{3}|[D-Z][A-Z])\d{1,7}"(?: [^>]{0,200})?[^/>]>')
_LAST_ROW = re.compile(rb'<row [^>]{0,200}?r="(\d{1,7})"|<c r="[A-Z]{1,3}(\d{1,7})"')
_SHEET_TAG = re.compile(rb"<(?:\w+:)?sheet [^>]*>")
_RELATION_TAG = re.compile(rb"<(?:\w+:)?Relationship [^>]*>")


@dataclass(slots=True)
class Inspection:
    """What was found: formula cells as (row, column letters), and the highest row, by part name."""

    formulas: dict[str, set[tuple[int, str]]] = field(default_factory=dict)
    last_rows: dict[str, int] = field(default_factory=dict)


def inspect(path: Path) -> Inspection:
    """Unpack every part of the workbook once, within bounds, and note its formulas.

    The sizes that the archive's directory claims are checked first, and the real ones while unpacking: a forged
    directory does not get past.

    Raises:
        Invalid: cut off, damaged, no workbook, or unpacking to more than the portal takes.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
            entries = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise Invalid("文件不是 Excel 工作簿（.xlsx），请另存为 .xlsx 后上传。")
            _check_directory(entries)
            return _scan(stream, entries)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError) as error:
        raise Invalid(CUT_OFF) from error


def parts_by_sheet(path: Path) -> dict[str, str]:
    """Sheet name to the name of its part in the archive. Call after `inspect`."""
    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml")
        relations = archive.read("xl/_rels/workbook.xml.rels")
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _RELATION_TAG.findall(relations)}
    parts = {}
    for tag in _SHEET_TAG.findall(book):
        target = targets.get(_attribute(tag, "r:id"), "")
        parts[_attribute(tag, "name")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def _attribute(tag: bytes, name: str) -> str:
    match = re.search(rf'\b{name}="([^"]*)"'.encode(), tag)
    if match is None:
        return ""
    text = match[1].decode("utf-8", "replace")
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Invalid("文件内部结构异常（部件过多），请另存为新的 .xlsx 后上传。")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Invalid("文件已加密，请去掉密码后上传。")
    _check_size(sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries))


def _check_size(unpacked: int, packed: int) -> None:
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > RATIO_FROM_BYTES and unpacked > packed * MAX_RATIO):
        limit = MAX_UNPACKED_BYTES // MEGABYTE
        raise Invalid(f"文件解压后过大（超过 {limit} MB 或压缩比异常），为安全起见不予打开。请拆分后重新上传。")


def _scan(stream: BinaryIO, entries: list[zipfile.ZipInfo]) -> Inspection:
    found = Inspection()
    unpacked = 0
    packed = sum(entry.compress_size for entry in entries)
    for entry in entries:
        is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
        tail = b""
        for chunk in _unpack(stream, entry):
            unpacked += len(chunk)
            _check_size(unpacked, packed)
            if is_sheet:
                tail = _scan_sheet(tail + chunk, entry.filename, found)
    return found


def _scan_sheet(text: bytes, part: str, found: Inspection) -> bytes:
    """Note what `text` shows and return its end, to be read again with the next chunk."""
    if b"<f" in text:
        cells = {(int(row), letters.decode()) for letters, row in _FORMULA.findall(text)}
        found.formulas.setdefault(part, set()).update(cells)
    if _FAR_CELL.search(text):
        raise Invalid("工作表列数过多（CZ 列之后仍有内容），请删除多余的列后上传。")
    last = max(text.rfind(b"<row "), text.rfind(b'<c r="'))
    match = _LAST_ROW.match(text, last) if last >= 0 else None
    if match:
        found.last_rows[part] = max(found.last_rows.get(part, 0), int(match[1] or match[2]))
    return text[-_OVERLAP:]


def _unpack(stream: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's real content in chunks, whatever size the directory claims, with its checksum verified."""
    stream.seek(entry.header_offset)
    header = stream.read(30)
    name_length, extra_length = struct.unpack("<26x2H", header)
    stream.seek(name_length + extra_length, 1)
    left = entry.compress_size
    checksum = 0
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    if inflate is None and entry.compress_type != zipfile.ZIP_STORED:
        raise NotImplementedError(entry.compress_type)
    pending = b""
    while left or pending:
        if not pending:
            pending = stream.read(min(CHUNK, left))
            left -= len(pending)
            if not pending:
                raise EOFError
        chunk = inflate.decompress(pending, CHUNK) if inflate else pending
        pending = inflate.unconsumed_tail if inflate else b""
        checksum = zlib.crc32(chunk, checksum)
        yield chunk
    if inflate and not inflate.eof:
        yield (rest := inflate.flush(CHUNK))
        checksum = zlib.crc32(rest, checksum)
    if checksum != entry.CRC:
        raise zipfile.BadZipFile(entry.filename)
