"""The work plan for officials: lights by item and city, and each item with its tasks."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.accounts.access import roles
from portal.accounts.enums import OFFICIALS
from portal.accounts.requests import user_of
from stats.enums.workplan import Light
from stats.forms.workplan import YearForm
from stats.models.workplan import WARN_DAYS, PlanItem
from stats.queries import workplan as queries

PAGE_SIZE = 50


@require_safe
@roles(*OFFICIALS)
def overview(request: HttpRequest) -> HttpResponse:
    """How the tasks of a year stand, by item of the plan and by city."""
    user = user_of(request)
    form = YearForm(request.GET or None, years=queries.years_with_tasks(user))
    items, cities = queries.overview(user, form.chosen)
    most = max((row.total for row in [*items, *cities]), default=0)
    context = {
        "form": form,
        "year": form.chosen,
        "groups": [("按方案事项", "方案事项", items, True), ("按责任地区", "地区", cities, False)],
        "most": most,
        "warn_days": WARN_DAYS,
        "total": sum(row.total for row in cities),
        "late": sum(row.counts[Light.RED] for row in cities),
    }
    return render(request, "stats/workplan/overview.html", context)


@require_safe
@roles(*OFFICIALS)
def item(request: HttpRequest, place: int) -> HttpResponse:
    """An item in the plan's own words, with its measures and tasks."""
    found = get_object_or_404(PlanItem, place=place)
    user = user_of(request)
    form = YearForm(request.GET or None, years=queries.years_with_tasks(user))
    rows = queries.item_tasks(user, found, form.chosen).prefetch_related("milestones")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    task: Any
    for task in page:
        task.light_label = Light(task.light).label
    context = {"item": found, "measures": found.measures.all(), "form": form, "year": form.chosen, "page": page}
    return render(request, "stats/workplan/item.html", context)
