"""Rows for measurements, made in the database: a million by way of Python would take longer than what is measured."""

from typing import Any

from django.db import connection, models


def fill(model: type[models.Model], count: int, first: int, **given: str) -> None:
    """Add `count` rows with keys from `first`; `given` are SQL expressions of `n`, 0 to count - 1.

    What is not given is null, the column's default or empty. Triggers and foreign keys do not run: the caller has set
    `session_replication_role`.
    """
    values = {}
    for field in model._meta.concrete_fields:
        name = field.attname
        values[field.column] = given[name] if name in given else _otherwise(field, first)
    columns = ", ".join(f'"{column}"' for column in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {", ".join(values.values())} '  # noqa: S608  fixed words
            f"FROM generate_series(0, {count - 1}) AS n"
        )


def _otherwise(field: Any, first: int) -> str:
    if field.primary_key:
        return f"{first} + n"
    if field.null:
        return "NULL"
    if field.has_default() and isinstance(field.default, bool | str | int):
        return f"'{field.default}'"
    return next((value for kind, value in _EMPTY.items() if isinstance(field, kind)), "0")


_EMPTY: dict[type[Any], str] = {
    models.DateTimeField: "now()",
    models.JSONField: "'[]'",
    models.BooleanField: "false",
    models.CharField: "''",
    models.TextField: "''",
}
