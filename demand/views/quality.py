"""The board of quality, and the needs behind each of its numbers."""

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from demand.queries import quality as queries
from portal import regions
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.industries import SECTION_NAMES

WEEKS_SHOWN = 12
PAGE_SIZE = 50
KINDS = {"": "在库需求", "contacted": "已对接", "good": "有合适专利", "gap": "所在领域无合适专利"}


@require_safe
@roles(Role.PROVINCE, Role.CITY)
def board(request: HttpRequest) -> HttpResponse:
    """The newest week by city and by industry, and the weeks before it."""
    user = user_of(request)
    weeks = queries.weeks_shown(WEEKS_SHOWN)
    own = [user.city_code] if user.role == Role.CITY else list(regions.CITIES)
    monday = _monday(request.GET.get("week")) or (weeks[0] if weeks else None)
    context: dict[str, Any] = {"weeks": weeks, "monday": monday}
    if monday is not None:
        context |= {
            "sunday": monday + dt.timedelta(days=6),
            "cities": _named(queries.board_rows(user, monday, by="city_code", always=own), {}),
            "industries": _named(queries.board_rows(user, monday, by="industry"), SECTION_NAMES),
            "totals": queries.board_totals(user, weeks),
        }
    return render(request, "demand/quality.html", context)


@require_safe
@roles(Role.PROVINCE, Role.CITY)
def rows(request: HttpRequest) -> HttpResponse:
    """The needs that a number of the board counts."""
    monday, kind = _monday(request.GET.get("week")), request.GET.get("kind", "")
    if monday is None or kind not in KINDS:
        raise Http404
    found = queries.needs_behind(
        user_of(request), monday, kind=kind, city_code=request.GET.get("city"), industry=request.GET.get("industry")
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "monday": monday, "kind_label": KINDS[kind], "kind": kind}
    return render(request, "demand/quality_rows.html", context)


def _monday(text: str | None) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.weekday() == 0 else None


def _named(found: list[queries.BoardRow], sections: dict[str, str]) -> list[dict[str, Any]]:
    named = []
    for row in found:
        name = regions.name_of(row.city_code) if row.city_code else sections.get(row.industry, row.industry) or "未填写"
        named.append({"name": name, "row": row})
    return named
