"""The record of what changed, by which every process keeps its columns right."""

import pgtrigger
from django.db import models

BLOCK = 1024
"""Patents are read again by blocks of this many ids."""
EVERYTHING = -1
"""A change of this block means that all must be read again."""


class SearchChange(models.Model):
    """A block of patents that a transaction changed; only ever added to, so that writers never wait for each other.

    A reader takes the rows whose transaction its last snapshot could not see: no change is lost whatever the order
    of commits.
    """

    block = models.IntegerField()
    xid = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["xid"], name="searchchange_xid")]

    def __str__(self) -> str:
        return f"change in block {self.block}"


def marks_changes(key: str) -> list[pgtrigger.Trigger]:
    """Triggers for a table whose column `key` holds the patent's id: COPY and plain SQL are seen too."""
    return [
        _trigger(pgtrigger.Insert, key, "new_rows", new="new_rows"),
        _trigger(pgtrigger.Update, key, "new_rows", new="new_rows"),
        _trigger(pgtrigger.Delete, key, "old_rows", old="old_rows"),
        _trigger(pgtrigger.Truncate, str(EVERYTHING * BLOCK), "(SELECT) AS nothing"),
    ]


def _trigger(operation: pgtrigger.Operation, patent: str, source: str, **tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"columns_{str(operation).lower()}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables) if tables else None,  # type: ignore[no-untyped-call]
        # Only constants are put in.
        func=(
            "INSERT INTO patents_searchchange (block, xid, at)"  # noqa: S608
            f" SELECT DISTINCT {patent} / {BLOCK}, pg_current_xact_id()::text::bigint, now() FROM {source};"
            " RETURN NULL;"
        ),
    )


FORGETS_TAGS = pgtrigger.Trigger(
    name="forget_tags",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),  # type: ignore[no-untyped-call]
    func=(
        "DELETE FROM patents_industrytags USING new_rows JOIN old_rows USING (id)"
        " WHERE patents_industrytags.patent_id = id AND (new_rows.main_class, new_rows.further_classes)"
        " IS DISTINCT FROM (old_rows.main_class, old_rows.further_classes); RETURN NULL;"
    ),
)
"""Takes away the industries of patents whose classes changed, until they are computed anew."""
