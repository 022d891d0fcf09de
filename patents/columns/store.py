"""The columns of this process, brought up to date at each use."""

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from patents.classifications import ipc_levels
from patents.columns.models import BLOCK, EVERYTHING
from patents.columns.table import Rows, Table, Values
from patents.enums import ListingState, OpenLicenceState, Overlay

NO_PRICE = NO_NUMBER = -1
PRUNE_AFTER_HOURS = 24
"""Changes older than this are forgotten; a process that slept for half as long reads all anew."""
_READ_ANEW_AFTER = PRUNE_AFTER_HOURS * 3600 / 2
_AT_ONCE = 32
"""Blocks read by one statement."""


def _alone(said: Any) -> Values:
    """A column of one word, or of none where nothing is stated."""
    return (str(said),) if said else ()


def _listed(said: str | None) -> Values:
    return tuple(sorted(word for word in said.split(",") if word)) if said else ()


def _places(said: str) -> Values:
    """The IPC places of all classes, the main one's first."""
    return tuple(dict.fromkeys(place for symbol in said.split(",") for place in ipc_levels(symbol)))


def _within(column: str) -> str:
    return f"{column} >= wanted.block * {BLOCK} AND {column} < (wanted.block + 1) * {BLOCK}"


WORDS: dict[str, Callable[[Any], Values]] = {
    "kind": _alone,
    "city": _alone,
    "ipc": _places,
    "status": _alone,
    "holder": _alone,
    "names": lambda said: (said,),
    "maturity": _alone,
    "way": _listed,
    "licence": lambda said: ("1",) if said else (),
    "sei": _listed,
    "intensive": _listed,
}
NUMBERS = ("number", "filed", "maturity", "price_low", "price_high")
# The id, then WORDS, then NUMBERS. Prices in fen and dates in days keep the columns whole numbers.
_BLOCK = f"""
SELECT patent.id,
    patent.kind, patent.city_code, array_to_string(patent.main_class || patent.further_classes, ','),
    patent.legal_status, patent.holder_id, patent.applicant_names,
    patent.maturity, COALESCE(array_to_string(listing.transfer_ways, ','), patent.transfer_way),
    licence.id IS NOT NULL OR patent.overlays @> ARRAY['{Overlay.OPEN_LICENCE}']::varchar[],
    array_to_string(tags.sei_codes, ','), array_to_string(tags.intensive_codes, ','),
    COALESCE(patent.number::bigint, {NO_NUMBER}), COALESCE(patent.filed_on - DATE '1900-01-01', 0),
    COALESCE(patent.maturity, 0),
    COALESCE(COALESCE(listing.price_low_amount, patent.price_amount) * 100, {NO_PRICE})::bigint,
    COALESCE(COALESCE(listing.price_high_amount, listing.price_low_amount, patent.price_amount) * 100, {NO_PRICE})::bigint
FROM patents_patent AS patent
LEFT JOIN patents_listing AS listing ON listing.patent_id = patent.id AND {_within("listing.patent_id")}
    AND listing.state = '{ListingState.LISTED}'
LEFT JOIN patents_openlicence AS licence ON licence.patent_id = patent.id AND {_within("licence.patent_id")}
    AND licence.state = '{OpenLicenceState.PUBLISHED}'
LEFT JOIN patents_industrytags AS tags ON tags.patent_id = patent.id AND {_within("tags.patent_id")}
WHERE {_within("patent.id")}
"""  # noqa: S608  only constants are put in
# Each block by itself, and each table by the block's ids: the planner would read whole tables for some blocks.
_ROWS = f"""
SELECT found.* FROM unnest(%s::bigint[]) AS wanted (block) CROSS JOIN LATERAL ({_BLOCK} OFFSET 0) AS found
"""  # noqa: S608  only constants are put in
_NOW = "SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned() IS NOT NULL"
_CHANGED = """
SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned() IS NOT NULL, ARRAY(
    SELECT DISTINCT block FROM patents_searchchange
    WHERE xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint
        AND NOT pg_visible_in_snapshot(xid::text::xid8, %(seen)s::pg_snapshot))
"""


@dataclass(frozen=True, slots=True)
class _Read:
    """A table with the snapshot it shows."""

    table: Table
    snapshot: str
    at: float


_lock = threading.Lock()
_kept: _Read | None = None


def current_table() -> Table:
    """The pool as this transaction sees it now: one query where nothing changed.

    What a transaction has written itself is shown to it alone; it may still be rolled back.
    """
    with _lock:
        kept = _kept
        if kept is None or time.monotonic() - kept.at > _READ_ANEW_AFTER:
            return read_everything()
        with connection.cursor() as cursor:
            cursor.execute(_CHANGED, {"seen": kept.snapshot})
            snapshot, has_written, blocks = cursor.fetchone()
        if EVERYTHING in blocks:
            return read_everything()
        table = kept.table
        if blocks:
            table = table.with_rows(_rows(blocks), instead_of=blocks, block=BLOCK)
        return _keep(_Read(table, snapshot, time.monotonic()), has_written=has_written)


def read_everything() -> Table:
    """The pool as this transaction sees it now, read as a process reads it that has just started."""
    table = Table.empty(WORDS, NUMBERS)
    with connection.cursor() as cursor:
        cursor.execute(_NOW)
        snapshot, has_written = cursor.fetchone()
        cursor.execute(f"SELECT DISTINCT id / {BLOCK} FROM patents_patent")  # noqa: S608  a constant
        blocks = sorted(block for (block,) in cursor.fetchall())
    # By chunks: as Python objects the whole pool would take a gigabyte.
    for start in range(0, len(blocks), _AT_ONCE):
        table = table.with_rows(_rows(blocks[start : start + _AT_ONCE]), instead_of=(), block=BLOCK)
    return _keep(_Read(table, snapshot, time.monotonic()), has_written=has_written)


def _keep(read: _Read, *, has_written: bool) -> Table:
    global _kept  # noqa: PLW0603  the one place that keeps it
    if not has_written:
        _kept = read
    return read.table


def _rows(blocks: Collection[int]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [list(blocks)])
        # Column by column: what happens once for a patent alone would cost seconds.
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * (1 + len(WORDS) + len(NUMBERS))
    return Rows(columns[0], columns[1 : 1 + len(WORDS)], columns[1 + len(WORDS) :])
