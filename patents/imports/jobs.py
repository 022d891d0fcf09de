"""The two jobs behind the upload page, for every kind of sheet: check a sheet for its preview, and load it once that is confirmed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from patents.imports import events
from patents.imports.load import apply_import, holder_of
from patents.imports.plan import make_plan
from patents.imports.sheet import KIND as POOL
from patents.imports.sheet import read_pool_sheet
from portal.errors import ServiceError
from portal.sheets import services as sheets
from portal.sheets.models import SheetImport
from portal.sheets.services import Outcome
from portal.sheets.table import Table
from portal.sheets.writing import error_workbook

log = structlog.get_logger(__name__)
BROKEN = "处理时发生内部错误，没有写入任何数据；请稍后重新上传，仍不成功请联系管理员。"


def check_sheet(*, import_id: int) -> None:
    """Read the sheet, compare it with the pool, keep the counts and the sheet of errors. Harmless when run twice."""
    received = sheets.start_check(import_id=import_id)
    if received is None:
        return
    with _failing_kindly(import_id):
        table, outcome = _CHECKS[received.kind](received)
        with tempfile.TemporaryDirectory() as folder:
            error_sheet = _error_sheet(received, table, outcome, Path(folder)) if outcome.problems else None
            sheets.finish_check(import_id=import_id, outcome=outcome, error_sheet=error_sheet)


def _check_pool(received: SheetImport) -> tuple[Table, Outcome]:
    table = read_pool_sheet(Path(received.file.path))
    return table, make_plan(table, holder=holder_of(received)).outcome()


def _check_events(received: SheetImport) -> tuple[Table, Outcome]:
    table = events.read_event_sheet(Path(received.file.path))
    return table, events.preview(table, received.uploaded_by)


_CHECKS = {POOL: _check_pool, events.KIND: _check_events}
_APPLIES = {POOL: apply_import, events.KIND: events.apply_event_import}


def _error_sheet(received: SheetImport, table: Table, outcome: Outcome, folder: Path) -> Path:
    target = folder / "errors.xlsx"
    original = Path(received.file.path)
    error_workbook(original, outcome.problems, target, sheet_name=table.sheet_name, header_row=table.header_row)
    return target


def apply_sheet(*, import_id: int) -> None:
    """Load a confirmed sheet. Harmless when run twice: the second run waits for the first and finds it done."""
    with _failing_kindly(import_id):
        kind = SheetImport.objects.values_list("kind", flat=True).get(pk=import_id)
        _APPLIES[kind](
            import_id=import_id,
            progress=lambda done, total: sheets.report_progress(import_id=import_id, done=done, total=total),
        )


@contextmanager
def _failing_kindly(import_id: int) -> Iterator[None]:
    """Leave no import hanging: a refusal becomes its reason, an error of ours is logged and said to be ours."""
    try:
        yield
    except ServiceError as refusal:
        sheets.fail(import_id=import_id, reason=refusal.message)
    except Exception:
        log.exception("sheet_import_failed", import_id=import_id)
        sheets.fail(import_id=import_id, reason=BROKEN)
