"""Collections: what each city has to fill in, and what the province got."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from portal.accounts.access import roles
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.sheets.writing import export_workbook
from portal.ui.calls import run
from portal.ui.downloads import attachment
from stats.enums.collection import PeriodState, SheetState
from stats.forms.collection import SheetForm
from stats.models.collection import CitySheet, CollectionPeriod
from stats.queries import collection as queries
from stats.services import collection as services
from stats.workflow.collection import SHEET_FLOW

PAGE_SIZE = 20


@require_safe
@roles(*OFFICIALS)
def collections(request: HttpRequest) -> HttpResponse:
    """A city's sheets, what waits first; for the province and the finance department the periods."""
    user = user_of(request)
    is_city = user.role == Role.CITY
    rows: Any = queries.own_sheets(user) if is_city else queries.periods(user)
    context = {"page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")), "is_city": is_city}
    return render(request, "stats/collection/list.html", context)


@roles(*OFFICIALS)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet: the city fills it in, others read it."""
    user = user_of(request)
    rows = CitySheet.objects.visible_to(user).select_related("period__form", "submitted_by")
    found = get_object_or_404(rows, pk=pk)
    before = queries.values_before(found)
    is_open = found.period.state == PeriodState.OPEN
    can_send = is_open and SheetState.SUBMITTED in SHEET_FLOW.next_states(found.state, actor=user)
    form = SheetForm(request.POST or None, sheet=found, before=before) if can_send else None
    if request.method == "POST" and form is not None and form.is_valid():
        sent = run(
            form,
            lambda: services.submit_sheet(
                sheet_id=found.pk, by=user, values=form.figures(), explained=form.explained()
            ),
        )
        if sent:
            messages.success(request, f"{sent.period} 已报送，等待省级审核。")
            return redirect("stats:collections")
    context = {"sheet": found, "form": form, "cells": queries.cells_of(found, before)}
    return render(request, "stats/collection/sheet.html", context, status=422 if form and form.errors else 200)


@require_safe
@roles(Role.PROVINCE, Role.FINANCE)
def period(request: HttpRequest, pk: int) -> HttpResponse:
    """A period: who has sent, and the figures by city with their sum."""
    found = _period(request, pk)
    rows, totals = queries.table_of(found)
    return render(request, "stats/collection/period.html", {"period": found, "rows": rows, "totals": totals})


@require_safe
@roles(Role.PROVINCE, Role.FINANCE)
def period_export(request: HttpRequest, pk: int) -> HttpResponse:
    """A period's figures as a sheet; amounts in yuan to the fen."""
    found = _period(request, pk)
    rows, totals = queries.table_of(found)
    units = ["元" if cell.is_amount else cell.field["unit"] for cell in totals]
    headings = ["市", "状态", *(f"{cell.field['label']}（{unit}）" for cell, unit in zip(totals, units, strict=True))]
    name = f"{found.form.title}{found.label}.xlsx".replace(" ", "")
    return attachment(export_workbook(headings, _lines(rows, totals)), name)


def _lines(rows: Any, totals: Any) -> Iterator[list[Any]]:
    for one, cells in rows:
        yield [one.get_city_code_display(), one.get_state_display(), *(cell.value for cell in cells)]
    yield ["合计（已审核）", "", *(cell.value for cell in totals)]


def _period(request: HttpRequest, pk: int) -> CollectionPeriod:
    rows = CollectionPeriod.objects.visible_to(user_of(request)).select_related("form")
    return get_object_or_404(rows, pk=pk)
