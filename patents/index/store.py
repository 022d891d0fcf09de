"""The index as PostgreSQL keeps it, read for one ranking."""

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models.expressions import RawSQL

from patents.index.blocks import CHANNELS, FORMAT_VERSION
from patents.index.buckets import read_buckets
from patents.index.corpus import BlockHead, Corpus, PatentFacts, PatentText, RecentlyRead
from patents.index.models import IndexBlock, IndexBucket
from patents.vectors import nearness
from patents.vectors.encoders import TextVector


class PostgresStore:
    """Blocks in the database.

    Lengths and lists are read one after the other: when a block is rebuilt just between, the changed patents'
    scores are slightly off that once.
    """

    def heads(self) -> list[BlockHead]:
        rows = (
            IndexBlock.objects.filter(format_version=FORMAT_VERSION, patent_count__gt=0)
            .order_by("number")
            # Each rebuild writes the row anew, and a new row names its transaction.
            .annotate(version=RawSQL("xmin::text", []))
            .values_list("number", "patent_count", "length_sums", "version")
        )
        return [BlockHead(number, count, tuple(sums), version) for number, count, sums, version in rows]

    def lengths(self, numbers: Collection[int]) -> dict[int, npt.NDArray[np.uint16]]:
        rows = IndexBlock.objects.filter(number__in=numbers).values_list("number", "lengths")
        return {number: np.frombuffer(data, np.uint16).reshape(len(CHANNELS), -1) for number, data in rows}

    def buckets(self, numbers: Collection[int], buckets: Collection[int]) -> Iterable[tuple[int, int, bytes]]:
        return read_buckets(IndexBucket, numbers, buckets)

    def nearest(self, vector: TextVector, count: int) -> dict[int, float]:
        return nearness.nearest(vector, count)

    def closeness(self, vector: TextVector, patent_ids: Collection[int]) -> dict[int, float]:
        return nearness.closeness(vector, patent_ids)

    def facts(self, patent_ids: Collection[int]) -> dict[int, PatentFacts]:
        statement = (
            "SELECT id, main_class, legal_status, maturity, transfer_way, price_amount, city_code"
            " FROM patents_patent WHERE id = ANY(%s)"
        )
        return {key: PatentFacts(*stated) for key, *stated in _rows(statement, patent_ids)}

    def texts(self, patent_ids: Collection[int]) -> dict[int, PatentText]:
        rows = _rows("SELECT id, title, abstract FROM patents_patent WHERE id = ANY(%s)", patent_ids)
        return {key: PatentText(title, abstract) for key, title, abstract in rows}


_read = RecentlyRead()


def pool_corpus() -> Corpus:
    """The pool as it is indexed now."""
    return Corpus(PostgresStore(), _read)


def _rows(statement: str, *arrays: Collection[int]) -> list[Any]:
    """Run a statement with arrays of numbers; the ORM spends milliseconds on a list of hundreds."""
    if not all(arrays):
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(array) for array in arrays])
        return list(cursor.fetchall())
