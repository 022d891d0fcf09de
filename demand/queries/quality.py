"""Reads of the board of quality: the needs behind a week, and its stored rows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Min, Q

from demand.models import Demand, DemandQuerySet, QualityWeek
from demand.policy.quality import Counts, Figures, NeedFacts, figures_of, is_in_gap
from portal import clock, industries
from portal.accounts.models import User

WEEK = dt.timedelta(days=7)


def monday_of(day: dt.date) -> dt.date:
    """The Monday of the day's week."""
    return day - dt.timedelta(days=day.weekday())


def end_of_week(monday: dt.date) -> dt.datetime:
    """Midnight after the Sunday, in Shanghai."""
    return dt.datetime.combine(monday + WEEK, dt.time(), tzinfo=clock.now().tzinfo)


def standing_at_end(monday: dt.date) -> DemandQuerySet:
    """Needs that were published by the end of the week and had not ended before it began."""
    return Demand.objects.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gte=monday), published_at__lt=end_of_week(monday)
    )


def facts_at_end(monday: dt.date) -> Iterable[tuple[Demand, NeedFacts]]:
    """Each standing need with what counts, as of the end of the week."""
    end = end_of_week(monday)
    columns = ("city_code", "industry_code", "ipc_codes", "published_at", "contacted_at", "good_match_since")
    for need in standing_at_end(monday).only("ref", *columns).iterator():
        contacted = need.contacted_at if need.contacted_at and need.contacted_at < end else None
        days = (contacted - need.published_at).days if contacted and need.published_at else None
        is_good = need.good_match_since is not None and need.good_match_since < end
        yield need, NeedFacts(tuple(need.ipc_codes), is_good, days)


def section_of(need: Demand) -> str:
    """The letter of the need's industry, also of a code written without it; empty when it names none."""
    return industries.section_of(need.industry_code)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A line of the board. `city_code` and `industry` are empty in a sum over all."""

    monday: dt.date
    city_code: str
    industry: str
    counts: Counts
    figures: Figures


def weeks_shown(count: int) -> list[dt.date]:
    """The newest weeks that were computed, newest first, also those in which no need stood."""
    ends = QualityWeek.objects.aggregate(first=Min("monday"), last=Max("monday"))
    if ends["first"] is None:
        return []
    weeks = (ends["last"] - ends["first"]) // WEEK + 1
    return [ends["last"] - WEEK * back for back in range(min(weeks, count))]


def board_rows(user: User, monday: dt.date, *, by: str, always: Iterable[str] = ()) -> list[BoardRow]:
    """The week's rows added up by `city_code` or `industry`, in the order of the codes; `always` also if empty."""
    totals = dict.fromkeys(always, Counts())
    for row in QualityWeek.objects.visible_to(user).filter(monday=monday):
        key = getattr(row, by)
        totals[key] = totals.get(key, Counts()) + counts_of(row)
    return [
        BoardRow(monday, key if by == "city_code" else "", key if by == "industry" else "", counts, figures_of(counts))
        for key, counts in sorted(totals.items())
    ]


def board_totals(user: User, weeks: list[dt.date]) -> list[BoardRow]:
    """A sum for each week, newest first."""
    totals = dict.fromkeys(weeks, Counts())
    for row in QualityWeek.objects.visible_to(user).filter(monday__in=weeks):
        totals[row.monday] += counts_of(row)
    return [BoardRow(monday, "", "", counts, figures_of(counts)) for monday, counts in totals.items()]


def counts_of(row: QualityWeek) -> Counts:
    """A stored row as counts."""
    return Counts(
        row.published_count, row.contacted_count, row.good_match_count, row.gap_count, tuple(row.contact_days)
    )


def needs_behind(
    user: User, monday: dt.date, *, kind: str, city_code: str | None = None, industry: str | None = None
) -> DemandQuerySet:
    """The needs that a number of the board counts, newest first; None for a city or an industry means all.

    `kind` is "" (all), contacted, good or gap. Computed as the board is, from the needs' dates as they are now.
    """
    facts = list(facts_at_end(monday))
    answered = {code for _, need in facts if need.has_good_match for code in need.fields}
    keys = [
        need.pk
        for need, known in facts
        if (city_code is None or need.city_code == city_code)
        and (industry is None or section_of(need) == industry)
        and _is_of_kind(kind, known, answered)
    ]
    rows = Demand.objects.visible_to(user).filter(pk__in=keys)
    return rows.select_related("organisation").order_by("-published_at", "-pk")


def _is_of_kind(kind: str, need: NeedFacts, answered: set[str]) -> bool:
    if kind == "contacted":
        return need.contact_days is not None
    if kind == "good":
        return need.has_good_match
    return kind == "" or is_in_gap(need, answered)
