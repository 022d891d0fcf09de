"""The firm's patents as collateral: their valuations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from finance import services
from finance.forms.collateral import ValuationForm
from finance.views.projects import own
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.ui.calls import tell


@roles(Role.SME)
def value(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep what one of the project's patents was valued at."""
    found = own(request, ref)
    form = ValuationForm(request.POST or None, project=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_valuation(project_id=found.pk, by=user_of(request), **form.facts)
        except ServiceError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "已登记评估。")
            return redirect(found)
    status = 422 if form.errors else 200
    return render(request, "finance/valuation.html", {"form": form, "project": found}, status=status)
