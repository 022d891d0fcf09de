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
from portal.ui.charts import bar_chart


@require_safe
@roles(Role.SME, Role.CITY, Role.PROVINCE)
def analysis(request: HttpRequest, ref: str) -> HttpResponse:
    """Who holds patents in the need's field, since when, of which kind, and what happened to them."""
    found = visible(request, ref)
    result = analysis_of(found)
    sections = [
        _section("holders", "权利人", "权利人（前十）", result.holders),
        _section("years", "申请年份", "年份", result.years, is_sorted=False),
        _section("kinds", "专利类型", "类型", result.kinds),
        _section("events", "法律事件", "事件（件次）", result.events, is_sorted=False),
    ]
    is_firm = user_of(request).role == Role.SME
    context = {"demand": found, "analysis": result, "sections": sections, "is_firm": is_firm}
    return render(request, "demand/analysis.html", context)


def _section(key: str, title: str, heading: str, lines: list[Line], *, is_sorted: bool = True) -> dict[str, Any]:
    chart = bar_chart([line.bar for line in lines], is_sorted=is_sorted)
    return {"key": key, "title": title, "heading": heading, "lines": lines, "chart": chart}
