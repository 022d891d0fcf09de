"""What firms said about a holder's patents."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from demand.enums import DemandState
from demand.queries import reasons as queries
from demand.queries.rules import need_rules
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import organisation_of

PAGE_SIZE = 50


@require_safe
@roles(Role.HOLDER)
def feedback(request: HttpRequest) -> HttpResponse:
    """Reasons that firms gave against the holder's patents, and those of its patents found too early."""
    holder = organisation_of(request)
    page = Paginator(queries.refusals_of(holder), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "counts": queries.reason_counts(holder),
        "cases": list(queries.maturity_of(holder)),
        "firms": need_rules().too_early_firms,
        "running": DemandState.PUBLISHED,
    }
    return render(request, "demand/feedback.html", context)
