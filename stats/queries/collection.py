"""Reads of collections: what a city has to fill in, how a period stands, the collected figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal import regions
from portal.accounts.models import User
from stats.enums.collection import WITH_CITY, FieldKind, FormState, SheetState
from stats.models.collection import CitySheet, CitySheetQuerySet, CollectionForm, CollectionPeriod
from stats.policy.collection import period_before


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one field: amounts in yuan, `before` the last period's."""

    field: Mapping[str, Any]
    value: Decimal | None
    before: Decimal | None = None
    reason: str = ""

    @property
    def is_amount(self) -> bool:
        return bool(self.field["kind"] == FieldKind.AMOUNT)


def own_sheets(user: User) -> CitySheetQuerySet:
    """What the user may see, what waits for a city first."""
    rows = CitySheet.objects.visible_to(user).select_related("period__form")
    return rows.annotate(waits=Q(state__in=WITH_CITY)).order_by("-waits", "due_on", "-id")


def periods(user: User) -> QuerySet[CollectionPeriod]:
    """The periods with how many sheets came and how many stand, the newest first."""
    return (
        CollectionPeriod.objects.visible_to(user)
        .select_related("form")
        .annotate(
            sheet_count=Count("sheets"),
            sent_count=Count("sheets", filter=~Q(sheets__state__in=WITH_CITY)),
            accepted_count=Count("sheets", filter=Q(sheets__state=SheetState.ACCEPTED)),
        )
        .order_by("-year", "-quarter", "-id")
    )


def form_for(code: str, year: int, quarter: int) -> CollectionForm | None:
    """The version of a form that applies to a period: the newest published one that begins with it or before."""
    rows = CollectionForm.objects.filter(
        Q(from_year__lt=year) | Q(from_year=year, from_quarter__lte=quarter), code=code, state=FormState.PUBLISHED
    )
    return rows.order_by("-version").first()


def values_before(sheet: CitySheet) -> dict[str, str]:
    """The city's accepted figures of the period before; empty where there are none."""
    year, quarter = period_before(sheet.period.year, sheet.period.quarter)
    found = CitySheet.objects.filter(
        period__code=sheet.period.code,
        period__year=year,
        period__quarter=quarter,
        city_code=sheet.city_code,
        state=SheetState.ACCEPTED,
    ).first()
    values: dict[str, str] = found.values if found else {}
    return values


def cells_of(sheet: CitySheet, before: Mapping[str, str]) -> list[Cell]:
    """The sheet's figures in the form's order."""
    return [
        Cell(
            row,
            _number(sheet.values.get(row["code"])),
            _number(before.get(row["code"])),
            sheet.explained.get(row["code"], ""),
        )
        for row in sheet.period.form.fields
    ]


def table_of(period: CollectionPeriod) -> tuple[list[tuple[CitySheet, list[Cell]]], list[Cell]]:
    """A row for each city with its figures as sent, and the sum of those that were accepted. One query."""
    sheets = list(period.sheets.order_by("city_code"))
    for sheet in sheets:
        sheet.period = period
    rows = [(sheet, cells_of(sheet, {})) for sheet in sheets]
    accepted = [cells for sheet, cells in rows if sheet.state == SheetState.ACCEPTED]
    totals = [
        Cell(row, sum((cells[place].value or Decimal(0) for cells in accepted), Decimal(0)))
        for place, row in enumerate(period.form.fields)
    ]
    return rows, totals


@dataclass(frozen=True, slots=True)
class Collected:
    """A figure that the statistics may count, with the row it comes from; `city_code` is the present city's."""

    city_code: str
    value: Decimal
    sheet: CitySheet


def collected(code: str, field: str, year: int, quarter: int = 0) -> list[Collected]:
    """The accepted figures of one field of one form and period, by city. One query."""
    rows = CitySheet.objects.filter(
        period__code=code, period__year=year, period__quarter=quarter, state=SheetState.ACCEPTED
    )
    return [
        Collected(regions.city_of(sheet.city_code), Decimal(sheet.values[field]), sheet)
        for sheet in rows.select_related("period__form").order_by("city_code")
        if field in sheet.values
    ]


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
