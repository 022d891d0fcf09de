"""From counted rows to numbers, and from a number back to its rows.

A number and its opened rows come from the same condition (`rows_of`), so that they add up by construction; a test over
the demonstration checks it for every number.
"""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from stats.enums.figures import BY_FIRM, CitySide, Measure, RowKind
from stats.models import CountedRow
from stats.policy.definitions import Indicator, at, spans
from stats.policy.spans import Span

ZERO = Decimal(0)
Key = tuple[int, int, str, str]
"""Year, quarter (0: the year), city (empty: the province), kind of deal (empty: all)."""


@dataclass(slots=True)
class Cell:
    """One number in the base unit: all rows, those under suspicion, those from before the portal."""

    value: Decimal = ZERO
    flagged: Decimal = ZERO
    historic: Decimal = ZERO


Cells = defaultdict[Key, Cell]


def city_field(one: Indicator) -> str:
    """The column that says which city counts a row."""
    return "giver_city" if one.side == CitySide.GIVER else "city_code"


def selects(one: Indicator) -> Q:
    """The condition on rows that the version states, whatever their day."""
    wanted = Q()
    for rows in one.rows:
        part = Q(kind=rows.kind)
        if rows.giver_kinds:
            part &= Q(giver_kind__in=rows.giver_kinds)
        if rows.receiver_kinds:
            part &= Q(receiver_kind__in=rows.receiver_kinds)
        wanted |= part
    return wanted & ~Q(**{city_field(one): ""})


def _flow(versions: list[Indicator]) -> Q:
    wanted = Q(pk__in=[])
    for one, first, until in spans(versions):
        part = selects(one) & Q(on__gte=first)
        wanted |= part & Q(on__lt=until) if until else part
    return wanted


def _history(versions: list[Indicator]) -> Q:
    return Q(kind=RowKind.HISTORY, indicator__in=versions[-1].history)


def rows_of(versions: list[Indicator], span: Span, *, city_code: str = "", split: str = "") -> QuerySet[CountedRow]:
    """The rows that one number counts, history among them."""
    one = at(versions, span.as_of)
    if one.measure == Measure.STOCK:
        standing = Q(on__lte=span.as_of) & (Q(until__isnull=True) | Q(until__gt=span.as_of))
        rows = CountedRow.objects.filter(selects(one) & standing)
    else:
        # History is dated at the end of its period, which may still run.
        rows = CountedRow.objects.filter((_flow(versions) & Q(on__lte=span.as_of)) | _history(versions), year=span.year)
        if span.quarter:
            rows = rows.filter(quarter=span.quarter)
    if city_code:
        rows = rows.filter(**{city_field(one): city_code})
    return rows.filter(split=split) if split else rows


def firms_of(rows: QuerySet[CountedRow]) -> Any:
    """The rows by firm, each firm once with what it is counted with; history apart (`history_of`)."""
    return (
        rows.exclude(kind=RowKind.HISTORY)
        .order_by()
        .values("uscc")
        .annotate(
            name=Max("name"), revenue=Max("revenue"), employees=Max("employees"), rows=Count("pk"), first_on=Min("on")
        )
        .order_by("uscc")
    )


def history_of(rows: QuerySet[CountedRow]) -> QuerySet[CountedRow]:
    """Those of the rows that a sheet brought in for the time before the portal."""
    return rows.filter(kind=RowKind.HISTORY)


def measured(versions: list[Indicator], spans_: Sequence[Span], cache: dict[Any, Any], until: dt.date) -> Cells:
    """The numbers of an indicator for the spans, from rows up to `until`.

    Cities and kinds add up to their sums; firms are counted anew on each level.
    """
    measure = versions[-1].measure
    if measure == Measure.STOCK:
        return _stocks(versions, spans_)
    years = sorted({span.year for span in spans_})
    cells = _history_cells(versions, years)
    flow = CountedRow.objects.filter(_flow(versions), year__in=years, on__lte=until)
    if measure in BY_FIRM:
        _add_firms(cells, flow, city_field(versions[-1]), measure, cache)
    else:
        _add_flow(cells, flow, city_field(versions[-1]), measure, cache)
    return cells


def _add_flow(cells: Cells, flow: QuerySet[CountedRow], city: str, measure: str, cache: dict[Any, Any]) -> None:
    """Pieces or amounts; indicators of the same rows (I11, I12) are read at once."""
    groups = flow.order_by().values_list("year", "quarter", city, "split", "is_flagged")
    groups = groups.annotate(pieces=Sum("weight"), sums=Sum("amount"))
    asked = str(groups.query.sql_with_params())
    if asked not in cache:
        cache[asked] = list(groups)
    for year, quarter, place, split, is_flagged, pieces, sums in cache[asked]:
        amount = Decimal(pieces if measure == Measure.COUNT else sums)
        for key in _levels(year, quarter, place, split):
            cells[key].value += amount
            cells[key].flagged += amount if is_flagged else ZERO


def _history_cells(versions: list[Indicator], years: Iterable[int]) -> Cells:
    cells: Cells = defaultdict(Cell)
    rows = CountedRow.objects.filter(_history(versions), year__in=years)
    groups = rows.order_by().values_list("year", "quarter", city_field(versions[-1]), "split")
    for year, quarter, place, split, total in groups.annotate(total=Sum("amount")):
        for key in _levels(year, quarter, place, split):
            cells[key].value += total
            cells[key].historic += total
    return cells


def _levels(year: int, quarter: int, city: str, split: str) -> set[Key]:
    return {
        (year, a_quarter, a_city, a_split)
        for a_quarter in (quarter, 0)
        for a_city in (city, "")
        for a_split in (split, "")
    }


def _add_firms(cells: Cells, flow: QuerySet[CountedRow], city: str, measure: str, cache: dict[Any, Any]) -> None:
    """Firms are counted once in each cell, so that no level is the sum of those below it."""
    base = flow.order_by().values_list("year", "quarter", "uscc", "revenue", "employees", "is_flagged", F(city))
    sql, parameters = base.query.sql_with_params()
    place = {Measure.FIRMS: 0, Measure.REVENUE: 2, Measure.EMPLOYEES: 4}[Measure(measure)]
    key = (sql, str(parameters))
    if key not in cache:
        cache[key] = list(_firm_groups(sql, parameters))
    for year, quarter, a_city, *numbers in cache[key]:
        cell = cells[year, quarter, a_city, ""]
        cell.value += Decimal(numbers[place] or 0)
        cell.flagged += Decimal(numbers[place + 1] or 0)


def _firm_groups(sql: str, parameters: tuple[Any, ...]) -> Iterable[tuple[Any, ...]]:
    """Numbers of firms by quarter and city, by quarter, by year and city, by year: read once, then put together."""
    names = "counted(year, quarter, uscc, revenue, employees, is_flagged, city)"
    once = "max(revenue) AS revenue, max(employees) AS employees, bool_and({f}) AS f"
    levels = ["year, quarter, ''", "year, 0, city", "year, 0, ''"]
    higher = [
        f"SELECT {level}, uscc, {once.format(f='f')} FROM firm GROUP BY 1, 2, 3, 4"  # noqa: S608  words of this file
        for level in levels
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH {names} AS ({sql}), firm AS MATERIALIZED (
                SELECT year, quarter, city, uscc, {once.format(f="is_flagged")} FROM counted GROUP BY 1, 2, 3, 4),
            cell AS (SELECT * FROM firm UNION ALL {" UNION ALL ".join(higher)})
            SELECT year, quarter, city, count(*), count(*) FILTER (WHERE f), sum(revenue),
                sum(revenue) FILTER (WHERE f), sum(employees), sum(employees) FILTER (WHERE f)
            FROM cell GROUP BY 1, 2, 3""",  # noqa: S608  made of this file's own words and Django's SQL
            parameters,
        )
        return list(cursor.fetchall())


def _stocks(versions: list[Indicator], spans_: Sequence[Span]) -> Cells:
    """What stands at the end of each span: counted by the days on which things begin and end."""
    cells: Cells = defaultdict(Cell)
    for one in versions:
        mine = [span for span in spans_ if at(versions, span.as_of) is one]
        days = sorted({span.as_of for span in mine})
        changes: defaultdict[str, list[int]] = defaultdict(lambda days=days: [0] * (len(days) + 1))  # type: ignore[misc]
        rows = CountedRow.objects.filter(selects(one)).order_by()
        for on, until, city, count in rows.values_list("on", "until", city_field(one)).annotate(n=Count("pk")):
            begins, ends = bisect_left(days, on), bisect_left(days, until) if until else len(days)
            if begins < ends:
                changes[city][begins] += count
                changes[city][ends] -= count
        standing = {city: _running(steps) for city, steps in changes.items()}
        for span in mine:
            place = days.index(span.as_of)
            for city, counts in standing.items():
                for key in {(span.year, span.quarter, city, ""), (span.year, span.quarter, "", "")}:
                    cells[key].value += counts[place]
    return cells


def _running(steps: list[int]) -> list[int]:
    total, sums = 0, []
    for step in steps:
        total += step
        sums.append(total)
    return sums
