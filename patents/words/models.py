"""Tables of the search's words."""

import pgtrigger
from django.db import models

from patents.index.blocks import BLOCK_SIZE

PART = 1024
"""Patents whose words changed are read themselves until their block is written anew, by parts of this many ids."""
PARTS_OF_BLOCK = BLOCK_SIZE // PART


class WordBucket(models.Model):
    """Lists of patents of one block, of the words that share a hash prefix."""

    pk = models.CompositePrimaryKey("block", "bucket")
    block = models.PositiveIntegerField()
    bucket = models.PositiveSmallIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"block {self.block}, bucket {self.bucket}"


class WordChange(models.Model):
    """A part of the pool whose lists are out of date: the search reads its patents instead.

    Written by triggers, so that COPY and plain SQL are seen, and only ever added to: writers never wait for each other.
    """

    part = models.IntegerField(db_index=True)

    def __str__(self) -> str:
        return f"change in part {self.part}"


def _marks_parts(operation: pgtrigger.Operation, changed: str, **tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"words_{str(operation).lower()}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),  # type: ignore[no-untyped-call]
        # Only constants are put in.
        func=f"INSERT INTO patents_wordchange (part) SELECT DISTINCT id / {PART} FROM {changed}; RETURN NULL;",  # noqa: S608
    )


WORD_TRIGGERS = [
    _marks_parts(pgtrigger.Insert, "new_rows", new="new_rows"),
    _marks_parts(
        pgtrigger.Update,
        "new_rows JOIN old_rows USING (id) WHERE new_rows.search_tokens IS DISTINCT FROM old_rows.search_tokens",
        old="old_rows",
        new="new_rows",
    ),
    _marks_parts(pgtrigger.Delete, "old_rows", old="old_rows"),
]
