"""The index as PostgreSQL keeps it, read for one ranking."""

from collections.abc import Collection, Iterable

import numpy as np
import numpy.typing as npt
from django.db import connection

from patents.index.blocks import CHANNELS, FORMAT_VERSION
from patents.index.corpus import BlockHead, Corpus, PatentText
from patents.index.models import IndexBlock
from patents.models import Patent


class PostgresStore:
    """Blocks in the database.

    Lengths and lists are read one after the other: when a block is rebuilt just between, the changed patents'
    scores are slightly off that once.
    """

    def heads(self) -> list[BlockHead]:
        rows = (
            IndexBlock.objects.filter(format_version=FORMAT_VERSION, patent_count__gt=0)
            .order_by("number")
            .values_list("number", "patent_count", "length_sums")
        )
        return [BlockHead(number, count, tuple(sums)) for number, count, sums in rows]

    def lengths(self, numbers: Collection[int]) -> dict[int, npt.NDArray[np.uint16]]:
        rows = IndexBlock.objects.filter(number__in=numbers).values_list("number", "lengths")
        return {number: np.frombuffer(data, np.uint16).reshape(len(CHANNELS), -1) for number, data in rows}

    def buckets(self, numbers: Collection[int], buckets: Collection[int]) -> Iterable[tuple[int, int, bytes]]:
        if not numbers or not buckets:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT block, bucket, data FROM patents_indexbucket WHERE block = ANY(%s) AND bucket = ANY(%s)",
                [list(numbers), list(buckets)],
            )
            rows: list[tuple[int, int, bytes]] = cursor.fetchall()
        return rows

    def main_classes(self, patent_ids: Collection[int]) -> dict[int, str]:
        return dict(Patent.objects.filter(pk__in=patent_ids).values_list("pk", "main_class"))

    def texts(self, patent_ids: Collection[int]) -> dict[int, PatentText]:
        rows = Patent.objects.filter(pk__in=patent_ids).values_list("pk", "title", "abstract")
        return {key: PatentText(title, abstract) for key, title, abstract in rows}


def pool_corpus() -> Corpus:
    """The pool as it is indexed now."""
    return Corpus(PostgresStore())
