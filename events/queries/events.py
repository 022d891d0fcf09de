"""The public calendar's rows."""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from events.enums import T07_KINDS, EventKind, EventState
from events.models import Event, EventQuerySet
from portal import clock

FEED_PAST = dt.timedelta(days=90)
FEED_LIMIT = 1_000
MONTH_LIMIT = 1_000
SHOWN_A_DAY = 4


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month's page; what does not fit is counted in `more`."""

    date: dt.date
    is_inside: bool
    events: Sequence[Event]
    more: int


def events_for(user: Any, *, is_past: bool, city_code: str = "", kind: str = "") -> EventQuerySet:
    """The events that `user` may see: to come, the nearest first; or over, the latest first."""
    now = clock.now()
    rows = narrowed(Event.objects.visible_to(user), city_code=city_code, kind=kind)
    rows = rows.filter(ends_at__lte=now) if is_past else rows.filter(ends_at__gt=now)
    order = ("-starts_at", "-id") if is_past else ("starts_at", "id")
    return rows.order_by(*order).select_related("organiser")


def events_on(user: Any, day: dt.date, *, city_code: str = "", kind: str = "") -> EventQuerySet:
    """The events that begin on a day, the earliest first."""
    rows = narrowed(Event.objects.visible_to(user), city_code=city_code, kind=kind)
    return rows.filter(starts_at__range=_span(day, day)).order_by("starts_at", "id").select_related("organiser")


def month_of(user: Any, first: dt.date, *, city_code: str = "", kind: str = "") -> list[list[Day]]:
    """The weeks of a month, from Monday, each event on the day on which it begins. One query."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    rows = narrowed(Event.objects.visible_to(user), city_code=city_code, kind=kind)
    rows = rows.filter(starts_at__range=_span(first, weeks[-1][-1])).order_by("starts_at", "id")
    columns = ("pk", "title", "kind", "state", "city_code", "starts_at", "ends_at")
    by_day: dict[dt.date, list[Event]] = {}
    for event in rows.only(*columns)[:MONTH_LIMIT]:
        by_day.setdefault(event.starts_at.astimezone(clock.SHANGHAI).date(), []).append(event)

    def day_of(day: dt.date) -> Day:
        found = by_day.get(day, []) if day.month == first.month else []
        return Day(day, day.month == first.month, found[:SHOWN_A_DAY], max(len(found) - SHOWN_A_DAY, 0))

    return [[day_of(day) for day in week] for week in weeks]


def feed_events(*, city_code: str = "", kind: str = "") -> EventQuerySet:
    """What calendars subscribe to: published and called off, from FEED_PAST ago on, at most FEED_LIMIT."""
    rows = narrowed(Event.objects.published(), city_code=city_code, kind=kind)
    return rows.filter(ends_at__gte=clock.now() - FEED_PAST).order_by("starts_at", "id")[:FEED_LIMIT]


def held_for_t07(first: dt.date | None = None, last: dt.date | None = None) -> EventQuerySet:
    """The rows that target T07 counts: roadshows and matching meetings that took place, by the day they began.

    Source: plan item 9, at least 30 before the end of 2023. Called off or not yet over counts nothing.
    """
    return _held(first, last).filter(kind__in=T07_KINDS)


def held_beside_t07(first: dt.date | None = None, last: dt.date | None = None) -> EventQuerySet:
    """Meetings in agricultural counties, which plan item 9 names too: shown beside the count."""
    return _held(first, last).filter(kind=EventKind.AGRICULTURE)


def narrowed(rows: EventQuerySet, *, city_code: str = "", kind: str = "") -> EventQuerySet:
    """Those of one city and kind; empty is all."""
    if city_code:
        rows = rows.filter(city_code=city_code)
    return rows.filter(kind=kind) if kind else rows


def series_of(event: Event) -> QuerySet[Event]:
    """The other public events of the same series, the latest first."""
    if event.series_id is None:
        return Event.objects.none()
    return Event.objects.published().filter(series_id=event.series_id).exclude(pk=event.pk).order_by("-starts_at")


def _held(first: dt.date | None, last: dt.date | None) -> EventQuerySet:
    rows = Event.objects.filter(state=EventState.PUBLISHED, ends_at__lte=clock.now())
    if first is not None:
        rows = rows.filter(starts_at__gte=_span(first, first)[0])
    if last is not None:
        rows = rows.filter(starts_at__lte=_span(last, last)[1])
    return rows.select_related("organiser", "report").order_by("-starts_at", "-id")


def _span(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From the first instant of a day in Shanghai to the last of another."""
    return (
        dt.datetime.combine(first, dt.time.min, tzinfo=clock.SHANGHAI),
        dt.datetime.combine(last, dt.time.max, tzinfo=clock.SHANGHAI),
    )
