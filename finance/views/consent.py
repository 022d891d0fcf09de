"""To whom the firm's project is shown, and which products would fit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from finance import services
from finance.forms.estimate import EstimateForm
from finance.queries.products import estimate as estimate_of
from finance.queries.projects import current_size_class
from finance.views.projects import own
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import organisation_of, user_of
from portal.errors import ServiceError
from portal.ui.calls import act


@require_POST
@roles(Role.SME)
def share(request: HttpRequest, ref: str, institution_id: int) -> HttpResponse:
    """Let one more institution have the project."""
    found, by = own(request, ref), user_of(request)
    return act(
        request,
        found,
        "已同意共享，产品条件相符的已推送。",
        lambda: services.share_with(
            project_id=found.pk, institution_id=institution_id, by=by, consent="consent" in request.POST
        ),
    )


@require_POST
@roles(Role.SME)
def withdraw(request: HttpRequest, ref: str, institution_id: int) -> HttpResponse:
    """Take the consent back from one institution."""
    found, by = own(request, ref), user_of(request)
    return act(
        request,
        found,
        "已撤回同意，该机构不能再查看本项目。",
        lambda: services.withdraw_from(project_id=found.pk, institution_id=institution_id, by=by),
    )


@roles(Role.SME)
def estimate(request: HttpRequest) -> HttpResponse:
    """Which products would fit, what amounts they lend, and why not the others."""
    firm = organisation_of(request)
    form = EstimateForm(request.GET or None)
    found = None
    if form.is_valid():
        try:
            found = estimate_of(firm, form.wish, size=current_size_class(firm))
        except ServiceError as refusal:
            form.add_error(None, refusal.message)
    return render(request, "finance/estimate.html", {"form": form, "estimate": found})
