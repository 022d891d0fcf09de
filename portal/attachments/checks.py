"""What may be attached: documents and pictures whose content is what their name says."""

import zipfile
from typing import Any

from portal.errors import Invalid

LIMIT_BYTES = 20 * 1024 * 1024
TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SIGNATURES = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
ACCEPTED = ",".join(f".{ending}" for ending in TYPES)
HELP = "支持 PDF、Word（.docx）、Excel（.xlsx）和 JPG、PNG 图片，最大 20 MB。"


def check_file(file: Any, file_name: str) -> str:
    """Return the content type of a document that may be kept.

    Raises:
        Invalid: empty, too large, of a kind that is not accepted, or not what its name says; macros are refused.
    """
    if not file.size:
        raise Invalid("文件是空的，请重新选择。", field="file")
    if file.size > LIMIT_BYTES:
        raise Invalid("文件超过 20 MB，请压缩或拆分后上传。", field="file")
    ending = file_name.rsplit(".", 1)[-1].lower() if "." in file_name else ""
    if ending not in TYPES:
        raise Invalid(f"不接受“.{ending[:10]}”文件。{HELP}", field="file")
    file.seek(0)
    is_right = _is_office(file, ending) if ending in _PARTS else file.read(8).startswith(_SIGNATURES[ending])
    file.seek(0)
    if not is_right:
        raise Invalid(f"文件内容不是有效的 .{ending} 文件，可能已损坏或被改名。", field="file")
    return TYPES[ending]


def _is_office(file: Any, ending: str) -> bool:
    try:
        names = set(zipfile.ZipFile(file).namelist())
    except zipfile.BadZipFile:
        return False
    return _PARTS[ending] in names and not any(name.endswith("vbaProject.bin") for name in names)
