"""Tables of the word index."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from patents.index.blocks import BLOCK_SIZE


class IndexBlock(models.Model):
    """A block of patents as it was last indexed."""

    number = models.PositiveIntegerField(primary_key=True)
    format_version = models.PositiveSmallIntegerField()
    patent_count = models.PositiveIntegerField()
    length_sums = ArrayField(models.PositiveBigIntegerField())
    lengths = models.BinaryField()
    indexed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"block {self.number}"


class IndexBucket(models.Model):
    """Posting lists of one block, of the terms that share a hash prefix."""

    pk = models.CompositePrimaryKey("block", "bucket")
    block = models.PositiveIntegerField()
    bucket = models.PositiveSmallIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"block {self.block}, bucket {self.bucket}"


class IndexChange(models.Model):
    """A block in which patents changed after it was indexed.

    Written by triggers, so that COPY and plain SQL are seen, and only ever added to: an import that touches many
    patents holds no lock that another writer would wait for.
    """

    block = models.PositiveIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"change in block {self.block}"


def _marks_blocks(operation: pgtrigger.Operation, changed: str, **tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"index_{str(operation).lower()}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),  # type: ignore[no-untyped-call]
        # Only constants are put in.
        func=f"INSERT INTO patents_indexchange (block) SELECT DISTINCT id / {BLOCK_SIZE} FROM {changed}; RETURN NULL;",  # noqa: S608
    )


PATENT_TRIGGERS = [
    _marks_blocks(pgtrigger.Insert, "new_rows", new="new_rows"),
    _marks_blocks(
        pgtrigger.Update,
        "new_rows JOIN old_rows USING (id) WHERE (new_rows.title, new_rows.abstract)"
        " IS DISTINCT FROM (old_rows.title, old_rows.abstract)",
        old="old_rows",
        new="new_rows",
    ),
    _marks_blocks(pgtrigger.Delete, "old_rows", old="old_rows"),
]
