"""The firm's and officials' view of what loans bring, line by line."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.accounts.access import roles
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.ui.admin import BoundedPaginator
from subsidies.queries.calculations import calculations_for

PAGE_SIZE = 20
SHOWN_PER_PROJECT = 20
READERS = (Role.SME, *sorted(OFFICIALS))


@roles(*READERS)
def calculation_list(request: HttpRequest) -> HttpResponse:
    """All calculations that the reader may see, newest first."""
    page = BoundedPaginator(calculations_for(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "subsidies/list.html", {"page": page})


@roles(*READERS)
def calculation(request: HttpRequest, ref: str) -> HttpResponse:
    """What the loan of one project brings: the newest calculation in full, the earlier ones below."""
    rows = calculations_for(user_of(request)).filter(loan__placement__project__ref=ref)
    found = list(rows[:SHOWN_PER_PROJECT])
    if not found:
        raise Http404
    return render(request, "subsidies/calculation.html", {"newest": found[0], "earlier": found[1:], "ref": ref})
