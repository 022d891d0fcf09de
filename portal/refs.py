"""Readable references: `RZ2026-000123`."""

from django.db import connection, models

from portal import clock


def reserve(model: type[models.Model], prefix: str) -> tuple[int, str]:
    """The next primary key of `model` and a reference made of it, to be used in one insert.

    Taken from the table's own sequence, so two transactions never get the same; a rolled-back insert leaves a gap.
    The year is the present one in Shanghai; the number does not start again with it.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    column = model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [table, column])
        pk = int(cursor.fetchone()[0])
    return pk, f"{prefix}{clock.today().year}-{pk:06d}"
