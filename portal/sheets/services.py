"""The steps of an import that are the same for every kind: take in, check, confirm, finish, fail."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from django.db import transaction

from portal import clock
from portal.accounts.models import Organisation, User
from portal.audit import services as audit
from portal.errors import Invalid
from portal.sheets.enums import ImportState
from portal.sheets.models import SheetImport
from portal.sheets.table import Problem
from portal.sheets.workflow import IMPORT_FLOW

SHOWN_PROBLEMS = 200
COUNTS = ("row", "new", "unchanged", "changed", "repeated", "conflict", "refused", "blank", "warning")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sheet holds, or did.

    Every data row is in exactly one of new, unchanged, changed, repeated, conflict and refused; blank rows and
    warnings are counted beside them.
    """

    sheet_name: str
    row: int = 0
    new: int = 0
    unchanged: int = 0
    changed: int = 0
    repeated: int = 0
    conflict: int = 0
    refused: int = 0
    blank: int = 0
    warning: int = 0
    problems: Sequence[Problem] = field(default=())

    def counts(self) -> dict[str, Any]:
        """The numbers by name."""
        return {name: getattr(self, name) for name in COUNTS}


def fingerprint(path: Path) -> str:
    """SHA-256 of the file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@transaction.atomic
def receive(
    *, kind: str, file: File, file_name: str, organisation: Organisation | None, by: User | None
) -> SheetImport:
    """Keep an uploaded file, unread. `by` is None for a command run by the operator."""
    if not file.size:
        raise Invalid("文件是空的，没有任何数据。", field="file")
    if file.size > settings.UPLOAD_LIMIT_BYTES:
        raise Invalid(f"文件超过 {settings.UPLOAD_LIMIT_BYTES // 1024 // 1024} MB，请拆分后上传。", field="file")
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    received = SheetImport(
        kind=kind,
        file_name=file_name[-255:],
        sha256=digest.hexdigest(),
        size_bytes=file.size,
        organisation=organisation,
        uploaded_by=by,
    )
    received.file.save(file_name, file, save=False)
    received.save()
    audit.record(by=by, verb="上传表格", target=received, kind=kind, sha256=received.sha256)
    return received


def start_check(*, import_id: int) -> SheetImport | None:
    """Claim an uploaded sheet for checking; None when that is done already."""
    with transaction.atomic():
        sheet_import = SheetImport.objects.select_for_update(of=("self",)).get(pk=import_id)
        if sheet_import.state not in {ImportState.UPLOADED, ImportState.CHECKING}:
            return None
        _move(sheet_import, ImportState.CHECKING, by=None)
    return sheet_import


@transaction.atomic
def finish_check(*, import_id: int, outcome: Outcome, error_sheet: Path | None) -> SheetImport:
    """Write down what checking found, for the preview."""
    sheet_import = SheetImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    IMPORT_FLOW.require(sheet_import.state, ImportState.CHECKED, actor=None)
    if error_sheet is not None:
        with error_sheet.open("rb") as stream:
            sheet_import.error_file.save("errors.xlsx", File(stream), save=False)
    sheet_import.checked_at = clock.now()
    write_outcome(sheet_import, outcome)
    _move(sheet_import, ImportState.CHECKED, by=None)
    return sheet_import


@transaction.atomic
def confirm(*, import_id: int, by: User) -> SheetImport:
    """The uploader has seen the preview and wants it in the database.

    Raises SheetImport.DoesNotExist for an import that `by` may not see.
    """
    visible = SheetImport.objects.visible_to(by)
    sheet_import = SheetImport.objects.select_for_update(of=("self",)).get(pk=import_id, pk__in=visible.values("pk"))
    IMPORT_FLOW.require(sheet_import.state, ImportState.APPLYING, actor=by)
    if not sheet_import.new_count + sheet_import.changed_count + sheet_import.conflict_count:
        raise Invalid("表中没有需要入库的内容。")
    sheet_import.done_count = 0
    _move(sheet_import, ImportState.APPLYING, by=by)
    return sheet_import


def start_apply(sheet_import: SheetImport) -> None:
    """Apply a sheet that nobody previews, as a command does."""
    _move(sheet_import, ImportState.APPLYING, by=None)


def finish_apply(sheet_import: SheetImport, outcome: Outcome) -> None:
    """Mark as applied; inside the transaction that wrote the rows, with `sheet_import` locked by it."""
    sheet_import.applied_at = clock.now()
    write_outcome(sheet_import, outcome)
    _move(sheet_import, ImportState.APPLIED, by=None, **outcome.counts())


@transaction.atomic
def fail(*, import_id: int, reason: str) -> None:
    """Give up on the sheet for a reason its user can act on. Does nothing when it is finished already."""
    sheet_import = SheetImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if sheet_import.is_busy:
        sheet_import.failure = reason[:500]
        _move(sheet_import, ImportState.FAILED, by=None, reason=reason[:500])


def write_outcome(sheet_import: SheetImport, outcome: Outcome) -> None:
    """Copy the outcome onto the row, without saving it."""
    sheet_import.sheet_name = outcome.sheet_name[:100]
    for name, count in outcome.counts().items():
        setattr(sheet_import, f"{name}_count", count)
    sheet_import.problems = [asdict(problem) for problem in outcome.problems[:SHOWN_PROBLEMS]]
    sheet_import.done_count = outcome.row


def _move(sheet_import: SheetImport, to: ImportState, *, by: User | None, **facts: Any) -> None:
    IMPORT_FLOW.require(sheet_import.state, to, actor=by)
    sheet_import.state = to
    sheet_import.save()
    audit.record(by=by, verb=f"表格{ImportState(to).label}", target=sheet_import, **facts)


def report_progress(*, import_id: int, done: int, total: int) -> None:
    """Tell pages how far the job is. Kept in the cache: the job's own transaction is not visible before its end."""
    cache.set(f"sheet-progress:{import_id}", min(100, done * 100 // max(total, 1)), timeout=900)


def progress_percent(sheet_import: SheetImport) -> int:
    """How far the present job is, 0 to 100."""
    return int(cache.get(f"sheet-progress:{sheet_import.pk}", 0)) if sheet_import.is_busy else 100
