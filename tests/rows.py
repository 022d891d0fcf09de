"""More rows like those that are there, for tests that compare a list with few rows and with many."""

import copy
import uuid

from django.db import connection, models

MOST = 100
# All that makes two equal rows impossible, but for the primary key. Dropping it ends with the transaction, like the rows.
UNIQUE = """
    SELECT found.indexrelid::regclass::text, held.conname
    FROM pg_index found LEFT JOIN pg_constraint held ON held.conindid = found.indexrelid AND held.contype IN ('u', 'x')
    WHERE found.indrelid = %s::regclass AND (found.indisunique OR found.indisexclusion) AND NOT found.indisprimary
"""


def _allow_equals(cursor, table):
    cursor.execute(UNIQUE, [table])
    for index, constraint in cursor.fetchall():
        drop = f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"' if constraint else f"DROP INDEX {index}"
        cursor.execute(f"{drop} CASCADE")


def _copied(row):
    made = copy.copy(row)
    made._state = models.base.ModelState()
    made.pk = uuid.uuid4() if isinstance(row._meta.pk, models.UUIDField) else None
    return made


def multiplied(model, times):
    """Make each of the model's first rows `times` times as many, all equal but for their keys."""
    rows = list(model._base_manager.all()[:MOST])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        _allow_equals(cursor, model._meta.db_table)
        model._base_manager.bulk_create(_copied(row) for row in rows * (times - 1))
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
