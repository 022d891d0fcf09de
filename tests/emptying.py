"""Emptying the tables after a test with real transactions: only those that hold rows, and without their triggers.

Django truncates every table with its indexes: half a second, where a few rows are to go.
"""

from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from patents.columns.models import EVERYTHING, SearchChange

# Made from the code, the same at every time: flush would only write them again.
KEPT = {"django_content_type", "auth_permission"}
# What the triggers on TRUNCATE would say: processes keep the columns of patents that are no longer there.
TELL_READERS = (
    f"INSERT INTO {SearchChange._meta.db_table} (block, xid, at)"  # noqa: S608  only constants are put in
    f" VALUES ({EVERYTHING}, pg_current_xact_id()::text::bigint, now())"
)


def sql_flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):
    """In place of Django's own: what it would execute, for the tables that hold rows."""
    assert not reset_sequences, "sequences go on"
    names = [self.quote_name(table) for table in tables if table not in KEPT]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names))  # noqa: S608
        filled = [name for (name,) in cursor.fetchall()]
    if not filled:
        return []
    # Deleting is refused by triggers that keep the audit, recorded by those that keep history, checked by foreign keys.
    quiet = "SET LOCAL session_replication_role = replica"
    deleted = [f"DELETE FROM {name}" for name in filled]  # noqa: S608
    return [quiet, *deleted, "SET LOCAL session_replication_role = DEFAULT", TELL_READERS]


def install(patch):
    patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
