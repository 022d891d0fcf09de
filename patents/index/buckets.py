"""Buckets of posting lists in the database: tables of (block, bucket, data)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from io import BytesIO
from struct import Struct
from typing import Any

from django.db import connection, models

_ROWS_AT_ONCE = 1_000
_COPY_HEADER_BYTES = 19
_FIELD_COUNT = Struct(">h")
_ROW_HEAD = Struct(">hiiihi")


def read_buckets(
    model: type[models.Model], blocks: Collection[int], buckets: Collection[int]
) -> Iterable[tuple[int, int, bytes]]:
    """The buckets asked for that exist, of each block: (block, bucket, bytes)."""
    if not blocks or not buckets:
        return []
    # COPY hands the bytes over as they are; a SELECT would write each as two hexadecimal digits.
    statement = (
        f"COPY (SELECT block, bucket, data FROM {model._meta.db_table}"  # noqa: S608  a table of ours
        " WHERE block = ANY(%s) AND bucket = ANY(%s)) TO STDOUT (FORMAT binary)"
    )
    received = BytesIO()
    with connection.cursor() as cursor:
        query = cursor.mogrify(statement, [list(blocks), list(buckets)]).decode()
        cursor.copy_expert(query, received)
    return _copied_rows(received.getvalue())


def _copied_rows(received: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The rows (integer, smallint, bytea) of a binary COPY: a fixed header, the rows, a field count of -1."""
    place = _COPY_HEADER_BYTES
    while True:
        (fields,) = _FIELD_COUNT.unpack_from(received, place)
        if fields < 0:
            return
        _, _, block, _, bucket, size = _ROW_HEAD.unpack_from(received, place)
        start = place + _ROW_HEAD.size
        place = start + size
        yield block, bucket, received[start:place]


def write_buckets(model: type[models.Model], block: int, buckets: Mapping[int, bytes]) -> None:
    """Write a block's buckets that differ from the stored ones: a changed patent touches some hundred of thousands."""
    table: Any = model._default_manager
    rows = table.filter(block=block).values_list("bucket", "data")
    # The driver's views never equal bytes.
    stored = {bucket: bytes(data) for bucket, data in rows}
    table.filter(block=block, bucket__in=stored.keys() - buckets.keys()).delete()
    table.bulk_create(
        [
            model(block=block, bucket=bucket, data=data)
            for bucket, data in buckets.items()
            if stored.get(bucket) != data
        ],
        batch_size=_ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["block", "bucket"],
        update_fields=["data"],
    )
