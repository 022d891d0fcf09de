"""Computing all numbers, or those that the last changes touch. One at a time: a second one waits for the first."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet

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
_WRITTEN = ("version", "value", "flagged", "historic", "before", "as_of")
_BATCH = 2000


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
    now = clock.now()
    last = RefreshRun.objects.order_by("-id").first()
    is_first_today = last is None or last.looked_until.astimezone(clock.SHANGHAI).date() < now.date()
    since = None if kind == RefreshKind.ALL or last is None else last.looked_until - MARGIN
    dirty: Dirty = Counter()
    for collector in COLLECTORS:
        dirty.update(collect(collector, since=since, now=now))
    dirty.update(mark_suspicions())
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
    compared = years | {year - 1 for year in years}
    wanted = [span for span in started_spans(min(compared), today) if span.year in compared]
    cells = measured(versions, wanted, cache, today)
    running = {(span.year, span.quarter) for span in spans if span.as_of == today}
    partial = _year_before(versions, cache, today) if running and versions[-1].measure != Measure.STOCK else None
    values = [
        IndicatorValue(
            code=code,
            version=at(versions, span.as_of).version,
            year=span.year,
            quarter=span.quarter,
            city_code=city,
            split=split,
            value=cells[key].value,
            flagged=cells[key].flagged,
            historic=cells[key].historic,
            before=_before(key, cells, partial if (span.year, span.quarter) in running else None),
            as_of=span.as_of,
        )
        for span in spans
        for city, split in _places(cells, span)
        for key in [(span.year, span.quarter, city, split)]
    ]
    _save(values, IndicatorValue.objects.filter(code=code, year__in=years))


def _save(values: list[IndicatorValue], standing: QuerySet[IndicatorValue]) -> None:
    """Make `standing` what `values` say; what did not change is not written."""
    names = ("year", "quarter", "city_code", "split", *_WRITTEN)
    known = {tuple(row[1:5]): row for row in standing.values_list("pk", *names)}
    keyed = {(one.year, one.quarter, one.city_code, one.split): one for one in values}
    IndicatorValue.objects.filter(pk__in=[row[0] for key, row in known.items() if key not in keyed]).delete()
    changed = [
        one
        for key, one in keyed.items()
        if key not in known or known[key][5:] != tuple(getattr(one, name) for name in _WRITTEN)
    ]
    IndicatorValue.objects.bulk_create(
        changed,
        batch_size=_BATCH,
        update_conflicts=True,
        update_fields=_WRITTEN,
        unique_fields=("code", "year", "quarter", "city_code", "split"),
    )


def _places(cells: Cells, span: Span) -> Iterable[tuple[str, str]]:
    """Every city and the province, with nothing too; the province's own bodies and kinds where there is something."""
    found = {key[2:] for key in list(cells) if key[:2] == (span.year, span.quarter)}
    return sorted(found | {(city, "") for city in ("", *regions.CITIES)})


def _year_before(versions: list[Indicator], cache: dict[Any, Any], today: dt.date) -> Cells:
    """The year before, up to the same day: what running periods are compared with."""
    day = year_before_day(today)
    spans = [span for span in started_spans(day.year, day) if span.year == day.year]
    return measured(versions, spans, cache, day)


def _before(key: Key, cells: Cells, partial: Cells | None) -> Any:
    """The year before; None where only history knows it, which cannot be cut at a day, and before the baseline."""
    year, quarter, city, split = key
    if year <= FIRST_YEAR:
        return None
    earlier = (year - 1, quarter, city, split)
    if partial is None:
        return cells[earlier].value if earlier in cells else ZERO
    if earlier in cells and cells[earlier].historic:
        return None
    return partial[earlier].value if earlier in partial else ZERO


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
