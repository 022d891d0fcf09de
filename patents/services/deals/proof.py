"""The proof pack: every document of a deal, its figures as one workbook, and a manifest with hashes."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from patents.models import Deal, DealDocument
from patents.queries.proof import sheets_of
from patents.services.deals.moves import lock_deal
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.sheets.writing import export_workbook, neutralise

MANIFEST_HEADINGS = ("文件", "SHA-256", "大小（字节）", "来源", "上传单位", "上传时间")


@transaction.atomic
def proof_pack(*, deal_id: int, by: User) -> bytes:
    """A zip of what `by` may see of the deal; who took it goes to the audit.

    `manifest.csv` and `manifest.json` name every other file with its SHA-256; the hash of a document is that of the
    day it was handed in, so that a file altered since shows.
    """
    deal = lock_deal(by, pk=deal_id)
    stream = io.BytesIO()
    entries: list[dict[str, Any]] = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, headings, rows in sheets_of(deal, by):
            content = export_workbook(headings, rows, sheet_name=name)
            entries.append(_add(archive, f"清单/{name}.xlsx", content, source="平台数据"))
        entries += [_add_document(archive, document) for document in _documents(deal, by)]
        made_at = clock.now().isoformat(timespec="seconds")
        about = {"deal": deal.ref, "made_at": made_at, "made_by": str(by), "files": entries}
        archive.writestr("manifest.json", json.dumps(about, ensure_ascii=False, indent=2))
        archive.writestr("manifest.csv", _csv(entries))
    content = stream.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    record(by=by, verb="下载证明材料包", target=deal, files=len(entries), sha256=digest)
    return content


def _documents(deal: Deal, by: User) -> Iterable[DealDocument]:
    rows = DealDocument.objects.visible_to(by).filter(deal=deal)
    return rows.select_related("uploaded_by__organisation").order_by("id")


def _add(archive: zipfile.ZipFile, name: str, content: bytes, **facts: str) -> dict[str, Any]:
    archive.writestr(name, content)
    digest = hashlib.sha256(content).hexdigest()
    return {"name": name, "sha256": digest, "size": len(content), "source": "", "by": "", "at": ""} | facts


def _add_document(archive: zipfile.ZipFile, document: DealDocument) -> dict[str, Any]:
    # The number keeps two documents of one name apart.
    name = f"文件/{document.pk}-{document.get_kind_display()}-{document.file_name}"
    with document.file.open("rb") as stored:
        archive.writestr(name, stored.read())
    return {
        "name": name,
        "sha256": document.sha256,
        "size": document.size_bytes,
        "source": document.get_kind_display(),
        "by": str(document.uploaded_by.organisation or ""),
        "at": document.created_at.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
    }


def _csv(entries: list[dict[str, Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(MANIFEST_HEADINGS)
    for entry in entries:
        writer.writerow([neutralise(entry[key]) for key in ("name", "sha256", "size", "source", "by", "at")])
    # Excel takes a file without the mark for one in the machine's own code page.
    return "\ufeff" + buffer.getvalue()
