"""Taking over the other apps' rows as counted rows. What did not change is not touched."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db import connection

from portal import regions
from stats.enums.figures import FlagState, SubjectKind
from stats.models import CountedRow, Suspicion
from stats.services.collectors import COLUMNS, DEALS, LOANS, Collector

Dirty = Counter[tuple[str, int]]
"""How many rows of a kind and year came, changed or went."""
_TABLE = CountedRow._meta.db_table
_KEPT = [name for name in COLUMNS if name != "giver_area"] + ["city_code", "giver_city"]
_QUOTED = {name: f'"{name}"' for name in _KEPT}
SUBJECTS = {SubjectKind.DEAL: (DEALS.kinds, "scope_id"), SubjectKind.LOAN: (LOANS.kinds, "source_id")}
"""Which rows a suspicion about a deal or a loan stands against."""


def collect(collector: Collector, *, since: dt.datetime | None, now: dt.datetime) -> Dirty:
    """Bring the counted rows of one part up to its rows; all, or what changed since `since`. Inside a transaction."""
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"since": since, "now": now, "kinds": list(map(str, collector.kinds))}
        only_changed = since is not None and bool(collector.changed)
        if only_changed:
            cursor.execute(collector.changed, given)
            given["scopes"] = [row[0] for row in cursor.fetchall()]
            if not given["scopes"]:
                return Counter()
        cursor.execute("DROP TABLE IF EXISTS fresh_rows, changed_rows")
        cursor.execute(
            f"CREATE TEMP TABLE fresh_rows ON COMMIT DROP AS {_placed(collector.select(only_changed=only_changed))}",
            given,
        )
        cursor.execute("ANALYZE fresh_rows")
        dirty = _remove(cursor, given)
        # Not a sum, which would drop a year that rows only left: it counts none of them, and is computed anew.
        dirty.update(_write(cursor))
        return dirty


def _placed(select: str) -> str:
    """The SELECT with the present city of each area, and year and quarter where the source states none."""
    place = ", ".join(f'"{name}"' for name in COLUMNS if name not in ("year", "quarter"))
    return f"""SELECT {place}, coalesce(year, extract(year FROM "on")::int) AS year,
        coalesce(quarter, extract(quarter FROM "on")::int) AS quarter,
        {_city("area_code")} AS city_code, {_city("giver_area")} AS giver_city
        FROM ({select}) found ({", ".join(f'"{name}"' for name in COLUMNS)})"""  # noqa: S608  constants


def _city(column: str) -> str:
    """SQL for the city that an area belongs to now; areas of a city that was merged count with that into which it was."""
    retired = " ".join(
        f"WHEN left({column}, 4) = '{old[:4]}' THEN '{present}'" for old, present in regions.RETIRED.items()
    )
    return f"""CASE WHEN {column} = '{regions.PROVINCE_CODE}' THEN {column} {retired}
        WHEN left({column}, 2) = '{regions.PROVINCE_CODE[:2]}' THEN left({column}, 4) || '00' ELSE '' END"""


def _remove(cursor: Any, given: dict[str, Any]) -> Dirty:
    within = "AND scope_id = ANY(%(scopes)s)" if "scopes" in given else ""
    cursor.execute(
        f"""DELETE FROM {_TABLE} r WHERE kind = ANY(%(kinds)s) {within} AND NOT EXISTS
            (SELECT 1 FROM fresh_rows f WHERE f.kind = r.kind AND f.source_id = r.source_id) RETURNING kind, year""",  # noqa: S608
        given,
    )
    return Counter(cursor.fetchall())


def _write(cursor: Any) -> Dirty:
    columns = ", ".join(_QUOTED.values())
    new, old = (", ".join(f'{side}."{name}"' for name in _KEPT) for side in ("f", "r"))
    cursor.execute(
        f"""CREATE TEMP TABLE changed_rows ON COMMIT DROP AS SELECT f.*, r.year AS old_year FROM fresh_rows f
            LEFT JOIN {_TABLE} r ON r.kind = f.kind AND r.source_id = f.source_id
            WHERE r.id IS NULL OR ({new}) IS DISTINCT FROM ({old})"""  # noqa: S608
    )
    updates = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in _KEPT)
    cursor.execute(
        f"""INSERT INTO {_TABLE} ({columns}, is_flagged) SELECT {columns}, FALSE FROM changed_rows
            ON CONFLICT (kind, source_id) DO UPDATE SET {updates}"""  # noqa: S608
    )
    cursor.execute(
        """SELECT kind, year, count(*) FROM changed_rows GROUP BY 1, 2
            UNION ALL SELECT kind, old_year, 0 FROM changed_rows WHERE old_year <> year GROUP BY 1, 2"""
    )
    return Counter({(kind, year): count for kind, year, count in cursor.fetchall()})


def mark_suspicions() -> Dirty:
    """Make the rows' marks what the standing suspicions say."""
    dirty: Dirty = Counter()
    suspicions = Suspicion._meta.db_table
    with connection.cursor() as cursor:
        for subject, (kinds, column) in SUBJECTS.items():
            given: dict[str, Any] = {"kinds": list(map(str, kinds)), "subject": subject, "cleared": FlagState.CLEARED}
            standing = f"""SELECT s.subject_id FROM {suspicions} s
                WHERE s.subject_kind = %(subject)s AND s.state <> %(cleared)s"""  # noqa: S608
            # Two ways that indexes serve: comparing all marks read a million rows for a handful.
            cursor.execute(
                f"""UPDATE {_TABLE} SET is_flagged = NOT is_flagged WHERE id IN (
                    SELECT id FROM {_TABLE} WHERE kind = ANY(%(kinds)s) AND is_flagged AND {column} NOT IN ({standing})
                    UNION ALL SELECT id FROM {_TABLE} WHERE kind = ANY(%(kinds)s) AND NOT is_flagged
                    AND {column} IN ({standing})) RETURNING kind, year""",  # noqa: S608
                given,
            )
            dirty.update(cursor.fetchall())
    return dirty
