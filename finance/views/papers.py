"""The firm's papers for the institutions that have its project."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from finance import services
from finance.forms.papers import paper_form
from finance.views.projects import own
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.ui.calls import act


@require_POST
@roles(Role.SME)
def attach(request: HttpRequest, ref: str) -> HttpResponse:
    """Add a paper to the project."""
    found = own(request, ref)
    form = paper_form(request.POST, request.FILES)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect(found)
    file = form.cleaned_data["file"]
    return act(
        request,
        found,
        f"已上传“{file.name}”。",
        lambda: services.attach_paper(
            project_id=found.pk,
            by=user_of(request),
            purpose=form.cleaned_data["purpose"],
            file=file,
            file_name=file.name,
        ),
    )


@require_POST
@roles(Role.SME)
def remove(request: HttpRequest, ref: str, attachment_id: int) -> HttpResponse:
    """Take a paper away."""
    found = own(request, ref)
    return act(
        request,
        found,
        "已移除材料。",
        lambda: services.remove_paper(project_id=found.pk, by=user_of(request), attachment_id=attachment_id),
    )
