"""Verbs on reference tables, and the industries of patents that follow from them."""

import io
from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from patents.enums import TableKind
from patents.models import ReferenceRow, ReferenceTable
from patents.policy.industries import Codes, industry_codes, intensive_codes
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict
from portal.outbox.services import publish

TAGGED_AT_ONCE = 50_000
_TAG_LOCK = 0x7461677
_COLUMN_OF = {
    TableKind.IPC_SEI: "sei_table_id",
    TableKind.IPC_INDUSTRY: "industry_table_id",
    TableKind.INTENSIVE: "intensive_table_id",
}
Reference = tuple[str, str, str]
"""Place, code, name."""


@transaction.atomic
def import_reference(
    *, kind: TableKind, version: str, rows: Sequence[Reference], sha256: str, by: User | None = None
) -> ReferenceTable:
    """Take in a version of a table, rows of (place, code, name), and make it the current one.

    The same file again changes nothing. Raises Conflict where the version is there with other content.
    """
    known = ReferenceTable.objects.select_for_update().filter(kind=kind, version=version).first()
    if known is not None:
        if known.sha256 != sha256:
            raise Conflict(f"“{known}”已经导入，内容与本文件不同；请另起版本号。")
        return known
    ReferenceTable.objects.filter(kind=kind, is_current=True).update(is_current=False)
    table = ReferenceTable.objects.create(
        kind=kind, version=version, is_current=True, row_count=len(rows), sha256=sha256
    )
    ReferenceRow.objects.bulk_create(
        (ReferenceRow(table=table, place=place, code=code, name=name) for place, code, name in rows), batch_size=5_000
    )
    record(by=by, verb="导入分类参照表", target=table, rows=len(rows))
    publish("patents.reference.imported", key=f"reference:{kind}", kind=str(kind), version=version)
    return table


def tag_patents() -> int:
    """Give industries to every patent that has none or has those of an older table; says how many.

    Batch by batch, each committed: a kill loses one batch's work. Running it twice, or at the same time, is harmless.
    """
    done = 0
    while count := _tag_batch():
        done += count
    return done


@transaction.atomic
def _tag_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TAG_LOCK])
    tables = {table.kind: table for table in ReferenceTable.objects.filter(is_current=True)}
    current = {column: tables[kind].pk if kind in tables else None for kind, column in _COLUMN_OF.items()}
    stale = _stale_patents(current)
    if stale:
        maps = [_mapping(tables.get(kind)) for kind in _COLUMN_OF]
        _write_tags(stale, current, *maps)
    return len(stale)


def _stale_patents(current: Mapping[str, int | None]) -> list[tuple[int, Codes]]:
    fits = " AND ".join(f"tags.{column} IS NOT DISTINCT FROM %s" for column in current)
    with connection.cursor() as cursor:
        cursor.execute(
            # The inner part reads ids alone, from indexes: this runs often and mostly finds nothing.
            "WITH stale AS MATERIALIZED (SELECT patent.id FROM patents_patent AS patent"  # noqa: S608  our own names
            f" LEFT JOIN patents_industrytags AS tags ON tags.patent_id = patent.id AND {fits}"
            f" WHERE tags.patent_id IS NULL ORDER BY patent.id LIMIT {TAGGED_AT_ONCE})"
            " SELECT patent.id, patent.main_class || patent.further_classes"
            " FROM stale JOIN patents_patent AS patent USING (id) ORDER BY patent.id",
            list(current.values()),
        )
        return [(key, tuple(classes)) for key, classes in cursor.fetchall()]


def _mapping(table: ReferenceTable | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if table is not None:
        for place, code in table.rows.order_by("place", "code").values_list("place", "code"):
            found.setdefault(place, []).append(code)
    return found


def _write_tags(
    patents: list[tuple[int, Codes]],
    current: Mapping[str, int | None],
    sei: Mapping[str, list[str]],
    industry: Mapping[str, list[str]],
    intensive: Mapping[str, list[str]],
) -> None:
    by_classes: dict[Codes, str] = {}
    lines = io.StringIO()
    for key, classes in patents:
        if classes not in by_classes:
            industries = industry_codes(classes, industry)
            lists = (industry_codes(classes, sei), industries, intensive_codes(industries, intensive))
            by_classes[classes] = "\t".join("{" + ",".join(codes) + "}" for codes in lists)
        lines.write(f"{key}\t{by_classes[classes]}\n")
    lines.seek(0)
    names = ("sei_codes", "industry_codes", "intensive_codes", *current)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE new_tags (patent_id bigint, sei_codes text[], industry_codes text[],"
            " intensive_codes text[]) ON COMMIT DROP"
        )
        cursor.copy_expert("COPY new_tags FROM STDIN", lines)
        # Only this module's own names are put in. A patent deleted meanwhile falls out by the join.
        cursor.execute(
            f"INSERT INTO patents_industrytags (patent_id, {', '.join(names)})"  # noqa: S608
            " SELECT patent_id, new_tags.sei_codes, new_tags.industry_codes, new_tags.intensive_codes, %s, %s, %s"
            " FROM new_tags JOIN patents_patent ON patents_patent.id = patent_id"
            f" ON CONFLICT (patent_id) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in names)}",
            list(current.values()),
        )
        cursor.execute("DROP TABLE new_tags")
