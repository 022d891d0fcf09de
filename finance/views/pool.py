"""The firm keeps a project in the pool, or follows a loan with another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from finance import services
from finance.views.projects import own
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError


@require_POST
@roles(Role.SME)
def prolong(request: HttpRequest, ref: str) -> HttpResponse:
    """Another term in the pool."""
    found = own(request, ref)
    try:
        kept = services.prolong_project(project_id=found.pk, by=user_of(request), consent="consent" in request.POST)
    except ServiceError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已续期，有效期至 {kept.expires_on}。")
    return redirect(found)


@require_POST
@roles(Role.SME)
def renew(request: HttpRequest, ref: str) -> HttpResponse:
    """A draft that follows the loan."""
    found = own(request, ref)
    try:
        fresh = services.renew_loan(project_id=found.pk, by=user_of(request))
    except ServiceError as refusal:
        messages.error(request, refusal.message)
        return redirect(found)
    messages.success(request, f"已建立续贷草稿 {fresh.ref}，请核对后提交。")
    return redirect(fresh)
