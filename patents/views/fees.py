"""Annual fees that a holder has to pay soon."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from patents.queries.fees import STEPS, fees_due
from patents.queries.rules import fee_rule
from portal import clock
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of

PAGE_SIZE = 50


@roles(Role.HOLDER, Role.SME)
def due(request: HttpRequest) -> HttpResponse:
    """The organisation's fees that fall due within 90 days or are late, counted by how soon."""
    given = request.GET.get("days", "")
    within = int(given) if given in {str(step) for step in STEPS} else STEPS[-1]
    rows = fees_due(holder=user_of(request).organisation)
    counts = [(step, sum(row.days_left <= step for row in rows)) for step in STEPS]
    page = Paginator([row for row in rows if row.days_left <= within], PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "counts": counts, "within": within, "rule": fee_rule(clock.today())}
    return render(request, "patents/fees.html", context)
