"""The parameters of needs and matching, as officials may read them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from demand.queries.rules import shown_rules, shown_weights
from portal.accounts.access import roles
from portal.accounts.enums import Role


@require_safe
@roles(Role.PROVINCE, Role.CITY)
def rules(request: HttpRequest) -> HttpResponse:
    """What is counted, told and invited by which figure, where it is from, and how sure it is."""
    return render(request, "demand/rules.html", {"rules": shown_rules(), "weights": shown_weights()})
