"""The dashboard for everybody, the big screen for officials, and each chart's table as a sheet."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.accounts.access import public, roles
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.ui.calls import act
from stats.forms.numbers import BoardForm
from stats.queries.dashboard import CHARTS, MAPPED, Board, board
from stats.queries.definitions import indicator_versions
from stats.queries.numbers import newest
from stats.services import refresh_by
from stats.views.common import REFUSED, sheet


def _form(request: HttpRequest) -> BoardForm:
    known = newest(indicator_versions())
    return BoardForm(request.GET, mapped=[(code, f"{code} {known[code].title}") for code in MAPPED if code in known])


def _board(form: BoardForm, user: Any) -> Board | None:
    given = form.cleaned_data
    return board(
        year=given["year"] or clock.today().year,
        quarter=int(given["quarter"] or 0),
        mapped=given["mapped"],
        user=user,
    )


@require_safe
@public
def dashboard(request: HttpRequest) -> HttpResponse:
    """Targets with their pace, trends, cities, flows and pools, from stored numbers."""
    form = _form(request)
    is_valid = form.is_valid()
    context = {"form": form, "board": _board(form, request.user) if is_valid else None}
    return render(request, "stats/dashboard.html", context, status=200 if is_valid else REFUSED)


@require_safe
@roles(*sorted(OFFICIALS))
def screen(request: HttpRequest) -> HttpResponse:
    """The same for a wall: large, dark, and drawn anew by itself."""
    form = _form(request)
    found = _board(form, request.user) if form.is_valid() else None
    return render(request, "stats/screen.html", {"board": found, "now": clock.now()})


@require_safe
@public
def chart_export(request: HttpRequest, chart: str) -> HttpResponse:
    """The table beside a chart, as its reader sees it."""
    form = _form(request)
    if chart not in CHARTS or not form.is_valid():
        raise Http404
    found = _board(form, request.user)
    if found is None:
        raise Http404
    title, lines_of = CHARTS[chart]
    headings, lines = lines_of(found)
    return sheet(headings, lines, f"{title} {found.year}{f'第{found.quarter}季度' if found.quarter else ''}")


@require_POST
@roles(Role.PROVINCE)
def recompute(request: HttpRequest) -> HttpResponse:
    """Compute all numbers now."""
    return act(request, "stats:dashboard", "统计数已更新。", lambda: refresh_by(by=user_of(request)))
