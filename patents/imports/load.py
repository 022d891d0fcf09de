"""Loading a pool sheet: all of it in one transaction, by COPY."""

import datetime as dt
import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pghistory
from django.core.files import File
from django.db import connection, transaction

from patents.imports.plan import FILLABLE, Plan, make_plan
from patents.imports.rows import add_conflicts, add_details, add_rows_of_fills, add_rows_of_import
from patents.imports.sheet import KIND, PATENT_FIELDS, read_pool_sheet
from patents.models import Patent
from patents.text import search_vector
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit import services as audit
from portal.outbox.services import publish
from portal.sheets import services as sheets
from portal.sheets.enums import ImportState
from portal.sheets.models import SheetImport
from portal.sheets.services import Outcome

Progress = Callable[[int, int], None]
# Small enough to lie in the socket's buffer: the server works on one batch while the next is made.
COPY_BATCH = 40
PROGRESS_EVERY = 25  # batches
# Imports wait for each other: what one compared with the pool must still hold when it writes.
_IMPORT_LOCK = 0x70617465
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_TABLE = Patent._meta.db_table
_EXTRA = ("search_tokens", "holder_id", "city_code", "source_import_id", "source_row", "created_at", "updated_at")


def import_file(
    *, path: Path, holder: Organisation | None, by: User | None, dry_run: bool = False, progress: Progress | None = None
) -> Outcome:
    """Import a pool sheet without a preview, as the command does.

    A sheet that adds nothing leaves no trace: no import row, no event, no audit entry.
    """
    with _no_collection(), transaction.atomic():
        table = read_pool_sheet(path)
        if not dry_run:
            _lock_imports()
        plan = make_plan(table, holder=holder)
        if dry_run or plan.changes_nothing:
            return plan.outcome()
        with path.open("rb") as stream:
            received = sheets.receive(kind=KIND, file=File(stream), file_name=path.name, organisation=holder, by=by)
        sheets.start_apply(received)
        return _load(plan, received, progress or _silent)


@transaction.atomic
def apply_import(*, import_id: int, progress: Progress) -> Outcome | None:
    """Load a sheet whose preview was confirmed; None when that is done already.

    The sheet is compared with the pool again: between preview and confirmation the pool may have changed.
    """
    received = SheetImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if received.state != ImportState.APPLYING:
        return None
    with _no_collection():
        table = read_pool_sheet(Path(received.file.path))
        _lock_imports()
        return _load(make_plan(table, holder=holder_of(received)), received, progress)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without garbage collection: it would walk the sheet's million values again and again, and find nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def holder_of(received: SheetImport) -> Organisation | None:
    """Whose patents the sheet brings: the uploader's own, unless an official brings them for nobody in particular."""
    by = received.uploaded_by
    return None if by is not None and by.is_official else received.organisation


def _load(plan: Plan, received: SheetImport, progress: Progress) -> Outcome:
    by = received.uploaded_by
    with pghistory.context(user=by.pk if by else None, sheet_import=received.pk):
        _insert(plan, received, progress)
        _fill(plan, received)
        add_rows_of_import(received.pk)
        add_rows_of_fills(plan)
        add_details(plan, received)
        add_conflicts(plan, received)
    outcome = plan.outcome()
    sheets.finish_apply(received, outcome)
    if plan.new or plan.fills:
        publish("patents.pool.imported", key=f"import:{received.pk}", sheet_import_id=received.pk, **outcome.counts())
    if not plan.changes_nothing:
        audit.record(by=by, verb="导入专利", target=received, **outcome.counts())
    return outcome


def _lock_imports() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])


def _insert(plan: Plan, received: SheetImport, progress: Progress) -> None:
    now = clock.now().isoformat()
    holder = holder_of(received)
    before = _line((holder.pk if holder else None, _city_of(received), received.pk))
    after = _line((now, now))
    total = len(plan.new)
    lines = (
        # A vector is made of letters and digits in quotes: nothing in it needs escaping.
        f"{_line(candidate[:-1])}\t{search_vector(candidate.title, candidate.abstract)}\t{before}\t{row}\t{after}\n"
        for row, candidate in plan.new
    )
    _copy(_TABLE, (*PATENT_FIELDS, *_EXTRA), lines, lambda done: progress(done, total))


def _city_of(received: SheetImport) -> str:
    """The holder's city, or that of the city official who brings the sheet; a province's sheet says nothing."""
    by = received.uploaded_by
    if received.organisation is None or (by is not None and by.role in (Role.PROVINCE, Role.FINANCE)):
        return ""
    return received.organisation.city_code


def _fill(plan: Plan, received: SheetImport) -> None:
    """Fill the empty fields of patents the pool has, all in one UPDATE from a temporary table."""
    if not plan.fills:
        return
    fields = (*FILLABLE, "holder_id", "city_code", "field_sources", "search_tokens")
    names = ", ".join(fields)
    titles = dict(
        Patent.objects.filter(pk__in=[pk for pk, fill in plan.fills.items() if "abstract" in fill]).values_list(
            "pk", "title"
        )
    )
    lines = (
        _line(
            (
                pk,
                *(fill.get(name) for name in fields[:-2]),
                json.dumps(plan.sources_of_fill(pk, received.pk)),
                _new_vector(fill, titles.get(pk, "")),
            )
        )
        + "\n"
        for pk, fill in plan.fills.items()
    )
    with connection.cursor() as cursor:
        # Only this module's own names are put in; the values come by COPY.
        cursor.execute(f"CREATE TEMP TABLE patent_fill ON COMMIT DROP AS SELECT id, {names} FROM {_TABLE} LIMIT 0")  # noqa: S608
        _copy("patent_fill", ("id", *fields), lines, lambda _done: None)
        kept = [name for name in fields if name != "field_sources"]
        updates = ", ".join(f"{name} = COALESCE(patent_fill.{name}, {_TABLE}.{name})" for name in kept)
        updates += f", field_sources = {_TABLE}.field_sources || patent_fill.field_sources"
        cursor.execute(
            f"UPDATE {_TABLE} SET {updates}, updated_at = %s FROM patent_fill WHERE {_TABLE}.id = patent_fill.id",  # noqa: S608
            [clock.now()],
        )
        cursor.execute("DROP TABLE patent_fill")


def _new_vector(fill: dict[str, Any], title: str) -> str | None:
    return search_vector(fill.get("title", title), fill["abstract"]) if "abstract" in fill else None


def _copy(table: str, columns: Sequence[str], lines: Iterable[str], progress: Callable[[int], None]) -> None:
    """COPY `lines` into `table`. They are made while the server stores those before them, on another core."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", _LineStream(lines, progress))


class _LineStream:
    """Lines as a file that COPY reads, a batch at a time."""

    def __init__(self, lines: Iterable[str], progress: Callable[[int], None]) -> None:
        self._lines = iter(lines)
        self._progress = progress
        self._done = self._batches = 0

    def read(self, _size: int = -1) -> str:
        batch = list(islice(self._lines, COPY_BATCH))
        self._done += len(batch)
        self._batches += 1
        if self._batches % PROGRESS_EVERY == 0 or not batch:
            self._progress(self._done)
        return "".join(batch)


def _line(values: Iterable[Any]) -> str:
    return "\t".join(map(_copied, values))


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, list):
        return "{" + ",".join(value) + "}"  # class symbols: no comma, quote or brace in them
    if isinstance(value, str):
        return value.translate(_ESCAPED) if not value.isprintable() or "\\" in value else value
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _silent(done: int, total: int) -> None:
    """Progress nobody watches."""
