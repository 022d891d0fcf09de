"""Attaching and removing documents. Who may do it is decided by the workflow whose row it is."""

import hashlib
from typing import Any

from django.db import models, transaction

from portal import clock
from portal.accounts.models import User
from portal.attachments.checks import check_file
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import NotFound


@transaction.atomic
def attach(*, target: models.Model, purpose: str, file: Any, file_name: str, by: User) -> Attachment:
    """Keep a document of `target`, whose row the caller has locked and whose state it has checked.

    The same file again for the same purpose is the one that stands already.

    Raises:
        Invalid: it is no document that may be kept (`checks.check_file`).
    """
    content_type = check_file(file, file_name)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    key = {"target_type": target._meta.label_lower, "target_id": target.pk, "purpose": purpose}
    sha256 = digest.hexdigest()
    if standing := Attachment.objects.filter(**key, sha256=sha256, removed_at=None).first():
        return standing
    kept = Attachment(
        **key,
        file_name=file_name[-255:],
        content_type=content_type,
        sha256=sha256,
        size_bytes=file.size,
        uploaded_by=by,
    )
    kept.file.save(file_name, file, save=False)
    kept.save()
    record(by=by, verb="上传附件", target=target, purpose=purpose, sha256=sha256)
    return kept


@transaction.atomic
def remove(*, target: models.Model, attachment_id: int, by: User) -> None:
    """Take a document of `target` away, whose row the caller has locked and whose state it has checked."""
    kept = Attachment.objects.of(target).select_for_update().filter(pk=attachment_id).first()
    if kept is None:
        raise NotFound("没有这个附件。")
    kept.removed_at = clock.now()
    kept.save(update_fields=["removed_at"])
    record(by=by, verb="移除附件", target=target, purpose=kept.purpose, sha256=kept.sha256)
