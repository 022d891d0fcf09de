"""The analysis page of a need."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from demand.queries.analysis import Line, analysis_of
from demand.views.needs import visible
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.ui.charts import share_of


@require_safe
@roles(Role.SME, Role.CITY, Role.PROVINCE)
def analysis(request: HttpRequest, ref: str) -> HttpResponse:
    """Who holds patents in the need's field, since when, of which kind, and what happened to them."""
    found = visible(request, ref)
    result = analysis_of(found)
    columns = [
        [
            _section("holders", "权利人", "权利人（前十）", "件", result.holders),
            _section("events", "法律事件", "事件", "件次", result.events),
            _section("kinds", "专利类型", "类型", "件", result.kinds),
        ],
        [_section("years", "申请年份", "申请年", "件", result.years)],
    ]
    is_firm = user_of(request).role == Role.SME
    context = {"demand": found, "analysis": result, "columns": columns, "is_firm": is_firm}
    return render(request, "demand/analysis.html", context)


def _section(key: str, title: str, heading: str, unit: str, lines: list[Line]) -> dict[str, Any]:
    most = max((line.count for line in lines), default=0)
    bars = [{"name": line.name, "count": line.count, "width": share_of(line.count, most)} for line in lines]
    return {"key": key, "title": title, "heading": heading, "unit": unit, "lines": lines, "bars": bars}
