"""The columns of this process, brought up to date at each use."""

import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from patents.classifications import ipc_levels
from patents.columns.models import BLOCK, EVERYTHING
from patents.columns.table import Row, Table
from patents.enums import OPEN_LISTINGS, OpenLicenceState, Overlay

WORDS = ("kind", "city", "ipc", "status", "holder", "names", "maturity", "way", "licence", "sei", "intensive")
NUMBERS = ("number", "filed", "maturity", "price_low", "price_high")
NO_PRICE = NO_NUMBER = -1
PRUNE_AFTER_HOURS = 24
"""Changes older than this are forgotten; a process that slept for half as long reads all anew."""
_READ_ANEW_AFTER = PRUNE_AFTER_HOURS * 3600 / 2
_AT_ONCE = 32
"""Blocks read by one statement."""

# Prices in fen and dates in days keep the columns whole numbers.
_ROWS = f"""
SELECT patent.id, patent.number, patent.kind, patent.city_code, patent.main_class, patent.legal_status, patent.holder_id,
    patent.applicant_names, patent.maturity, COALESCE(listing.transfer_ways, ARRAY[patent.transfer_way]),
    licence.id IS NOT NULL OR patent.overlays @> ARRAY['{Overlay.OPEN_LICENCE}']::varchar[], tags.sei_codes, tags.intensive_codes,
    patent.filed_on - DATE '1900-01-01', COALESCE(listing.price_low_amount, patent.price_amount) * 100,
    COALESCE(listing.price_high_amount, listing.price_low_amount, patent.price_amount) * 100
FROM unnest(%s::bigint[]) AS wanted (block)
JOIN patents_patent AS patent ON patent.id >= wanted.block * {BLOCK} AND patent.id < (wanted.block + 1) * {BLOCK}
LEFT JOIN patents_listing AS listing ON listing.patent_id = patent.id
    AND listing.state IN ({", ".join(f"'{state}'" for state in sorted(OPEN_LISTINGS))})
LEFT JOIN patents_openlicence AS licence ON licence.patent_id = patent.id
    AND licence.state = '{OpenLicenceState.PUBLISHED}'
LEFT JOIN patents_industrytags AS tags ON tags.patent_id = patent.id
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
            return _read_everything()
        with connection.cursor() as cursor:
            cursor.execute(_CHANGED, {"seen": kept.snapshot})
            snapshot, has_written, blocks = cursor.fetchone()
        if EVERYTHING in blocks:
            return _read_everything()
        table = kept.table
        if blocks:
            table = table.with_rows(_rows(blocks), instead_of=blocks, block=BLOCK)
        return _keep(_Read(table, snapshot, time.monotonic()), has_written=has_written)


def _read_everything() -> Table:
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


def _rows(blocks: Collection[int]) -> Iterator[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [list(blocks)])
        for found in cursor.fetchall():
            yield _row(_Facts._make(found))


class _Facts(NamedTuple):
    """The columns of the statement above."""

    id: int
    number: str | None
    kind: str
    city_code: str
    main_class: str
    status: str
    holder_id: int | None
    applicants: str
    maturity: int | None
    ways: list[str]
    has_open_licence: bool
    sei: list[str] | None
    intensive: list[str] | None
    filed_day: int | None
    price_low_fen: Decimal | None
    price_high_fen: Decimal | None


def _row(facts: _Facts) -> Row:
    words = (
        (facts.kind,),
        (facts.city_code,) if facts.city_code else (),
        ipc_levels(facts.main_class),
        (facts.status,),
        (str(facts.holder_id),) if facts.holder_id else (),
        (facts.applicants,),
        (str(facts.maturity),) if facts.maturity else (),
        tuple(sorted(way for way in facts.ways if way)),
        ("1",) if facts.has_open_licence else (),
        tuple(facts.sei or ()),
        tuple(facts.intensive or ()),
    )
    prices = (NO_PRICE if price is None else int(price) for price in (facts.price_low_fen, facts.price_high_fen))
    return Row(facts.id, words, (int(facts.number or NO_NUMBER), facts.filed_day or 0, facts.maturity or 0, *prices))
