"""Computing all numbers, or those that the last changes touch. One at a time: a second one waits for the first."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from psycopg2.extras import execute_values

from patents.services.moves import require_role
from portal import clock, regions
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from stats.enums.figures import Measure, RefreshKind, RowKind
from stats.models import CountedRow, IndicatorValue, PatentFlow, RefreshRun
from stats.periods import FIRST_YEAR
from stats.policy.definitions import Indicator, at
from stats.policy.spans import Span, started_spans, year_before_day
from stats.queries.counting import ZERO, Cells, Key, measured, selects
from stats.queries.definitions import Versions, indicator_versions
from stats.services.collectors import COLLECTORS
from stats.services.rows import Dirty, collect, mark_suspicions

MARGIN = dt.timedelta(minutes=10)
"""A row is stamped before its transaction ends: changes are looked for from a little before the last refresh."""
_LOCK = 0x73746174
_KEY = ("year", "quarter", "city_code", "split")
_WRITTEN = ("version", "value", "flagged", "historic", "before", "as_of")
_UPSERT = (
    f"INSERT INTO {IndicatorValue._meta.db_table} (code, {', '.join((*_KEY, *_WRITTEN))}) VALUES %s "  # noqa: S608  constants of this file
    f"ON CONFLICT (code, {', '.join(_KEY)}) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in _WRITTEN)}"
)
_EVERYWHERE = {(city, "") for city in ("", *regions.CITIES)}
"""Every city and the province have a number, be it nothing."""
_BATCH = 2000
_MANY = 10_000
"""So many changed rows that the database should look at their distribution anew."""


def refresh_by(*, by: User) -> RefreshRun:
    """Compute all numbers at an official's wish.

    Raises:
        NotAllowed: only the province does.
    """
    require_role(by, Role.PROVINCE, message="统计由省级管理人员更新。")
    return refresh(kind=RefreshKind.ALL, by=by)


@transaction.atomic
def refresh(*, kind: str, by: User | None = None) -> RefreshRun:
    """Bring counted rows and numbers up to date: all of them, or what changed since the last time.

    A first refresh of a new day computes everything, because running periods are compared to the day.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        # Sorting a million rows in the default four megabytes would go by way of the disk.
        cursor.execute("SET LOCAL work_mem = '64MB'")
    now = clock.now()
    last = RefreshRun.objects.order_by("-id").first()
    is_first_today = last is None or last.looked_until.astimezone(clock.SHANGHAI).date() < now.date()
    since = None if kind == RefreshKind.ALL or last is None else last.looked_until - MARGIN
    dirty: Dirty = Counter()
    for collector in COLLECTORS:
        dirty.update(collect(collector, since=since, now=now))
    dirty.update(mark_suspicions())
    if dirty.total() > _MANY:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {CountedRow._meta.db_table}")
    everything = since is None or is_first_today
    _compute(None if everything else dirty, now.date())
    run = RefreshRun.objects.create(
        kind=kind if last else RefreshKind.ALL, looked_until=now, changed_rows=dirty.total(), by=by
    )
    record(by=by, verb="更新统计", target=run, kind=run.kind)
    return run


@transaction.atomic
def renumber_marked() -> None:
    """Let the numbers follow the suspicions as they stand now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if dirty := mark_suspicions():
        _compute(dirty, clock.today())


def _compute(dirty: Dirty | None, today: dt.date) -> None:
    """Write the numbers of all periods, or of the indicators and years that `dirty` names."""
    versions, spans = indicator_versions(), started_spans(FIRST_YEAR, today)
    cache: dict[Any, Any] = {}
    for code, mine in versions.items():
        years = _years(mine, dirty, today)
        if years:
            _write(code, mine, [span for span in spans if span.year in years], cache, today)
    if dirty is None:
        IndicatorValue.objects.exclude(code__in=versions).delete()
    if dirty is None or any(kind == RowKind.PATENT for kind, _ in dirty):
        _write_flows(versions)


def _years(versions: list[Indicator], dirty: Dirty | None, today: dt.date) -> set[int]:
    """The years whose numbers may have changed: a year's rows are also the comparison of the next."""
    every = set(range(FIRST_YEAR, today.year + 1))
    if dirty is None:
        return every
    kinds = {str(rows.kind) for one in versions for rows in one.rows} | {RowKind.HISTORY}
    touched = {year for kind, year in dirty if kind in kinds}
    if touched and versions[-1].measure == Measure.STOCK:
        return every
    return every & (touched | {year + 1 for year in touched})


def _write(code: str, versions: list[Indicator], spans: list[Span], cache: dict[Any, Any], today: dt.date) -> None:
    years = {span.year for span in spans}
    cells = measured(versions, spans, cache, today)
    before = _Before(code, versions, years, cells, cache, today)
    places = _places(cells)
    rows: dict[Key, tuple[Any, ...]] = {}
    for span in spans:
        version, is_running = at(versions, span.as_of).version, span.as_of == today
        for city, split in places[span.year, span.quarter] | _EVERYWHERE:
            key = (span.year, span.quarter, city, split)
            cell = cells[key]
            earlier = before.of(key, is_running=is_running)
            rows[key] = (version, cell.value, cell.flagged, cell.historic, earlier, span.as_of)
    _save(code, rows, IndicatorValue.objects.filter(code=code, year__in=years))


def _save(code: str, rows: dict[Key, tuple[Any, ...]], standing: QuerySet[IndicatorValue]) -> None:
    """Make `standing` what `rows` say; what did not change is not written."""
    known = {row[1:5]: row for row in standing.values_list("pk", *_KEY, *_WRITTEN)}
    IndicatorValue.objects.filter(pk__in=[row[0] for key, row in known.items() if key not in rows]).delete()
    changed = [(code, *key, *row) for key, row in rows.items() if key not in known or known[key][5:] != row]
    with connection.cursor() as cursor:
        # Thirteen thousand rows of a full refresh: as model objects they took ten times as long.
        execute_values(cursor, _UPSERT, changed, page_size=_BATCH)


def _places(cells: Cells) -> dict[tuple[int, int], set[tuple[str, str]]]:
    """By year and quarter: the cities, the province's own bodies and the kinds where there is something."""
    found: dict[tuple[int, int], set[tuple[str, str]]] = defaultdict(set)
    for year, quarter, city, split in cells:
        found[year, quarter].add((city, split))
    return found


class _Before:
    """The year before each number: computed beside it, or as stored where nothing of that year changed.

    None where only history knows it, which cannot be cut at a day, and before the baseline.
    """

    def __init__(
        self, code: str, versions: list[Indicator], years: set[int], cells: Cells, cache: dict[Any, Any], today: dt.date
    ) -> None:
        self.versions, self.cells, self.cache, self.today, self.years = versions, cells, cache, today, years
        self.is_stock = versions[-1].measure == Measure.STOCK
        self.partial: Cells | None = None
        needed = {year - 1 for year in years} - years
        stored = IndicatorValue.objects.filter(code=code, year__in=needed | {today.year})
        self.stored = {
            (row.year, row.quarter, row.city_code, row.split): row
            for row in stored.only("year", "quarter", "city_code", "split", "value", "historic", "before", "as_of")
        }

    def of(self, key: Key, *, is_running: bool) -> Any:
        year, quarter, city, split = key
        if year <= FIRST_YEAR:
            return None
        earlier: Key = (year - 1, quarter, city, split)
        value, historic = self._whole(earlier)
        if not is_running or self.is_stock:
            return value
        if historic:
            return None
        known = self.stored.get(key)
        if year - 1 not in self.years and known is not None and known.as_of == self.today:
            return known.before
        if self.partial is None:
            self.partial = self._up_to_the_same_day()
        return self.partial[earlier].value if earlier in self.partial else ZERO

    def _whole(self, key: Key) -> tuple[Any, Any]:
        if key[0] in self.years:
            return (self.cells[key].value, self.cells[key].historic) if key in self.cells else (ZERO, ZERO)
        row = self.stored.get(key)
        return (row.value, row.historic) if row else (ZERO, ZERO)

    def _up_to_the_same_day(self) -> Cells:
        """The year before, up to the same day: what running periods are compared with."""
        day = year_before_day(self.today)
        spans = [span for span in started_spans(day.year, day) if span.year == day.year]
        return measured(self.versions, spans, self.cache, day)


def _write_flows(versions: Versions) -> None:
    """From which holders patents went to firms of which city, as I01 counts them."""
    newest = versions["I01"][-1]
    groups = (
        CountedRow.objects.filter(selects(newest), Q(year__gte=FIRST_YEAR), on__lte=clock.today())
        .order_by()
        .values_list("year", "giver_kind", "giver_city", "city_code")
        .annotate(patents=Count("pk"))
    )
    PatentFlow.objects.all().delete()
    PatentFlow.objects.bulk_create(
        PatentFlow(year=year, giver_kind=kind, giver_city=giver, city_code=city, patents=patents)
        for year, kind, giver, city, patents in groups.order_by("year", "giver_kind", "giver_city", "city_code")
    )
