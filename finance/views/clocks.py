"""The time for answers: the firm's complaint, and how each institution keeps it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from finance import services
from finance.queries.clocks import bank_figures
from finance.views.projects import own
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.ui.calls import act


@require_POST
@roles(Role.SME)
def complain(request: HttpRequest, ref: str, placement_id: int) -> HttpResponse:
    """Complain of an institution that did not answer in time."""
    found = own(request, ref)
    return act(
        request,
        found,
        "投诉已提交所在市管理部门。",
        lambda: services.complain(placement_id=placement_id, by=user_of(request), text=request.POST.get("text", "")),
    )


@roles(Role.PROVINCE, Role.CITY, Role.FINANCE)
def banks(request: HttpRequest) -> HttpResponse:
    """How institutions answer, for the projects that the official sees."""
    return render(request, "finance/banks.html", {"figures": bank_figures(user_of(request))})
