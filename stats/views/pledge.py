"""Pledge loans by city, the rows behind each number, and both as sheets."""

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from finance.models import LoanQuerySet
from portal import money
from portal.accounts.access import public, roles
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.ui.charts import Chart, bar_chart
from stats import exports
from stats.forms.periods import PeriodForm, RowsForm
from stats.queries.pledge import figure_of, in_city, pledge_by_city, pledge_loans, with_source
from stats.queries.shown import SMALL_COUNT, ShownRow, may_open, shown_rows

PAGE_SIZE = 50
REFUSED = 422


@require_safe
@public
def pledge(request: HttpRequest) -> HttpResponse:
    """Number and amount of pledge loans by city, for a year or a quarter."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return render(request, "stats/pledge.html", {"form": form}, status=REFUSED)
    rows, total = shown_rows(*pledge_by_city(form.period), request.user)
    context = {
        "form": form,
        "period": form.period,
        "rows": rows,
        "total": total,
        "chart": _chart(rows),
        "small_count": SMALL_COUNT,
    }
    return render(request, "stats/pledge.html", context)


def _chart(rows: list[ShownRow]) -> dict[str, Any]:
    """Amounts for who sees all of them, numbers for everybody else."""
    by_amount = all(shown.has_amounts for shown in rows)
    values = [_bar_value(shown, by_amount=by_amount) for shown in rows]
    chart: Chart = bar_chart(values)
    return {
        "title": "各市质押融资金额" if by_amount else "各市质押融资项目数",
        "bars": chart.bars,
        "height": chart.height,
    }


def _bar_value(shown: ShownRow, *, by_amount: bool) -> tuple[str, Decimal, str]:
    now = shown.row.now
    if by_amount:
        return shown.name, now.amount, money.short(now.amount)
    return shown.name, Decimal(now.count), f"{now.count} 项"


@require_safe
@public
def pledge_export(request: HttpRequest) -> HttpResponse:
    """The table as a sheet, with exact amounts."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return render(request, "stats/pledge.html", {"form": form}, status=REFUSED)
    rows, total = shown_rows(*pledge_by_city(form.period), request.user)
    return exports.table_sheet([*rows, total], form.period)


@require_safe
@roles(*OFFICIALS)
def pledge_rows(request: HttpRequest) -> HttpResponse:
    """The loans behind one number."""
    form = RowsForm(request.GET)
    if not form.is_valid():
        return render(request, "stats/pledge_rows.html", {"form": form}, status=REFUSED)
    loans = _counted(request, form)
    page = Paginator(with_source(loans), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "counted": form.counted_period,
        "city_code": _city(request, form),
        "page": page,
        "figure": figure_of(loans),
    }
    return render(request, "stats/pledge_rows.html", context)


@require_safe
@roles(*OFFICIALS)
def pledge_rows_export(request: HttpRequest) -> HttpResponse:
    """The loans behind one number as a sheet, all of them."""
    form = RowsForm(request.GET)
    if not form.is_valid():
        return render(request, "stats/pledge_rows.html", {"form": form}, status=REFUSED)
    return exports.rows_sheet(with_source(_counted(request, form)), form.counted_period)


def _city(request: HttpRequest, form: RowsForm) -> str:
    """The city asked for; an official of a city who names none means the own one."""
    user = user_of(request)
    asked: str = form.cleaned_data["city"]
    return asked or (user.city_code if user.role == Role.CITY else "")


def _counted(request: HttpRequest, form: RowsForm) -> LoanQuerySet:
    """The loans counted by the number asked for. Those of another city are not there.

    `may_open` grants what `Loan.visible_to` does, city by city; areas that became part of a city are opened with it.
    """
    city = _city(request, form)
    if not may_open(user_of(request), city):
        raise Http404
    loans = pledge_loans(form.counted_period)
    return in_city(loans, city) if city else loans
