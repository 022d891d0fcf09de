"""Evidence: kept with its hash, handed out to those who may see it, each time recorded."""

import hashlib

from django.core.files.base import File
from django.db import transaction

from patents.checks.deals import check_choice
from patents.enums.deals import Audience, DocumentKind, Side
from patents.models import Deal, DealDocument
from patents.services.deals.moves import lock_deal, require_party
from portal.accounts.models import User
from portal.attachments import checks as attachments
from portal.audit.services import record
from portal.errors import Invalid, NotFound

_HIDDEN_FROM = {Audience.GIVER: Side.RECEIVER, Audience.RECEIVER: Side.GIVER}


@transaction.atomic
def add_document(*, deal_id: int, by: User, kind: str, file: File, audience: str = Audience.BOTH) -> DealDocument:
    """A party hands in a document, for both sides or for its own alone."""
    deal = lock_deal(by, pk=deal_id)
    side = require_party(deal, by)
    check_choice(kind, DocumentKind.values, field="kind", label="文件类型")
    check_choice(audience, Audience.values, field="audience", label="可见范围")
    if audience != Audience.BOTH and _HIDDEN_FROM[Audience(audience)] == side:
        raise Invalid("不能上传本方看不到的文件。", field="audience")
    kept = keep(deal, file, kind=DocumentKind(kind), by=by, audience=Audience(audience))
    record(by=by, verb="上传交易文件", target=deal, file_name=kept.file_name, sha256=kept.sha256)
    return kept


@transaction.atomic
def open_document(*, document_id: int, by: User) -> DealDocument:
    """Hand a document out to somebody who may see it; who, what and when goes to the audit."""
    found = DealDocument.objects.visible_to(by).select_related("deal").filter(pk=document_id).first()
    if found is None:
        raise NotFound("没有这份文件。")
    record(by=by, verb="下载交易文件", target=found.deal, document_id=found.pk, file_name=found.file_name)
    return found


def check_file(file: File | None, *, field: str) -> File:
    """The evidence; refused when missing or of a kind that is not taken. `field` names the input."""
    if file is None:
        raise Invalid("请上传文件。", field=field)
    try:
        attachments.check_file(file, file.name or "")
    except Invalid as refusal:
        raise Invalid(refusal.message, field=field) from refusal
    return file


def fingerprint(file: File) -> str:
    """SHA-256 of the file's content, in hexadecimal; the file is left at its start."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def keep(deal: Deal, file: File, *, kind: DocumentKind, by: User, audience: Audience = Audience.BOTH) -> DealDocument:
    """Keep a file that belongs to the act of its caller, in whose transaction it runs."""
    name = (file.name or "").replace("\\", "/").rsplit("/", 1)[-1][-255:]
    document = DealDocument(
        deal=deal,
        kind=kind,
        audience=audience,
        file_name=name,
        content_type=attachments.check_file(file, name),
        sha256=fingerprint(file),
        size_bytes=file.size,
        uploaded_by=by,
    )
    document.file.save(name, file, save=False)
    document.save()
    return document
