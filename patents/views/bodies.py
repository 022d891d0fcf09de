"""The public register of operating bodies, and the quarterly reports of who reports for one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from patents.enums.bodies import ActivityState, BodyState
from patents.forms.bodies import QuarterForm
from patents.models import BodyActivity, OperatingBody
from patents.queries import bodies as queries
from patents.services import bodies as services
from patents.views.common import file_of
from portal import clock
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.ui.calls import act, run

PAGE_SIZE = 20
MOST_BODIES = 300
"""More than the plan's bodies of all kinds; the page is not cut before."""
reporters = roles(Role.HOLDER, Role.SME, Role.CITY)


@public
def body_list(request: HttpRequest) -> HttpResponse:
    """One platform, many centres: the register by kind."""
    bodies = list(queries.listed_bodies()[:MOST_BODIES])
    return render(request, "patents/bodies/list.html", {"groups": queries.by_kind(bodies), "count": len(bodies)})


@public
def body(request: HttpRequest, ref: str) -> HttpResponse:
    """One body with its confirmed quarters; who reports for it sees its other reports too."""
    found = get_object_or_404(OperatingBody.objects.select_related("organisation"), ref=ref)
    is_own = OperatingBody.objects.reported_by(request.user).filter(pk=found.pk).exists()
    rows: Any = found.activities.all()
    if not is_own:
        rows = rows.filter(state=ActivityState.CONFIRMED)
    context = {
        "body": found,
        "page": Paginator(rows.order_by("-year", "-quarter"), PAGE_SIZE).get_page(request.GET.get("page")),
        "is_own": is_own,
        "can_report": is_own and found.state == BodyState.LISTED,
    }
    return render(request, "patents/bodies/body.html", context)


@reporters
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand in a quarter."""
    found = _own(request, ref)
    today = clock.today()
    form = QuarterForm(request.POST or None, initial={"year": today.year, "quarter": (today.month + 2) // 3})
    if request.method == "POST" and form.is_valid():
        done = run(form, lambda: services.report_quarter(body_id=found.pk, by=user_of(request), report=form.report()))
        if done:
            messages.success(request, f"{done.period}工作已提交，等待省级核实。")
            return redirect(found)
    context = {"form": form, "title": f"填报季度工作：{found.name}", "back": found.get_absolute_url(), "submit": "提交"}
    return render(request, "form.html", context, status=422 if form.errors else 200)


@reporters
@require_POST
def add_evidence(request: HttpRequest, ref: str, activity_id: int) -> HttpResponse:
    """Add evidence to a report."""
    found = _own(request, ref)
    activity = get_object_or_404(BodyActivity.objects.filter(body=found), pk=activity_id)
    return act(
        request,
        found,
        "材料已上传。",
        lambda: services.attach_evidence(activity_id=activity.pk, by=user_of(request), **file_of(request)),
    )


def _own(request: HttpRequest, ref: str) -> OperatingBody:
    return get_object_or_404(OperatingBody.objects.reported_by(user_of(request)), ref=ref)
