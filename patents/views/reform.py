"""The public register of the reform of rights, and an institution's own entries."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from patents.enums.reform import REFORM_EDITABLE, ReformDocument, ReformState
from patents.forms.reform import ReformForm, initial_of
from patents.models import RightsReform
from patents.queries import reform as queries
from patents.services import reform as services
from patents.workflow.reform import REFORM_FLOW
from portal import clock
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.attachments.forms import DocumentForm
from portal.attachments.models import Attachment
from portal.ui.calls import act, run

PAGE_SIZE = 20
holders = roles(Role.HOLDER)


@public
def register(request: HttpRequest) -> HttpResponse:
    """Who has introduced what, with the numbers."""
    today = clock.today()
    rows = queries.reforms_in_force(today).order_by("-adopted_on", "-id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/reform/public.html", {"page": page, "totals": queries.totals(today), "day": today})


@holders
def mine(request: HttpRequest) -> HttpResponse:
    """The own entries."""
    page = Paginator(queries.reforms_for(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/reform/list.html", {"page": page})


@holders
def new(request: HttpRequest) -> HttpResponse:
    """Start an entry."""
    form = ReformForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = run(form, lambda: services.open_reform(by=user_of(request), facts=form.facts()))
        if made:
            messages.success(request, f"草稿 {made.ref} 已保存，请上传证明材料后提交。")
            return redirect(made)
    return _form(request, form, "登记权益分配改革", reverse("patents:reforms"))


@holders
def reform(request: HttpRequest, ref: str) -> HttpResponse:
    """Where one entry stands."""
    return _show(request, _own(request, ref), DocumentForm(purposes=ReformDocument.choices))


@holders
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change an entry."""
    found = _own(request, ref)
    form = ReformForm(request.POST or None, initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        changed = run(form, lambda: services.change_reform(reform_id=found.pk, by=user_of(request), facts=form.facts()))
        if changed:
            messages.success(request, "已保存。")
            return redirect(found)
    return _form(request, form, f"修改 {found.ref}", found.get_absolute_url())


@holders
@require_POST
def add_document(request: HttpRequest, ref: str) -> HttpResponse:
    """Upload evidence."""
    found = _own(request, ref)
    form = DocumentForm(request.POST, request.FILES, purposes=ReformDocument.choices)
    if form.is_valid():
        file = form.cleaned_data["file"]
        kept = run(
            form,
            lambda: services.attach_evidence(
                reform_id=found.pk,
                by=user_of(request),
                purpose=form.cleaned_data["purpose"],
                file=file,
                file_name=file.name,
            ),
        )
        if kept:
            messages.success(request, f"已上传“{file.name}”。")
            return redirect(found)
    return _show(request, found, form, status=422)


@holders
@require_POST
def submit(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand an entry in."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "已提交，等待省级核实。",
        lambda: services.submit_reform(reform_id=found.pk, by=user_of(request)),
    )


def _own(request: HttpRequest, ref: str) -> RightsReform:
    return get_object_or_404(RightsReform.objects.visible_to(user_of(request)), ref=ref)


def _form(request: HttpRequest, form: ReformForm, title: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "submit": "保存"}
    return render(request, "form.html", context, status=422 if form.errors else 200)


def _show(request: HttpRequest, found: RightsReform, form: DocumentForm, status: int = 200) -> HttpResponse:
    context = {
        "reform": found,
        "attachments": Attachment.objects.of(found),
        "form": form,
        "can_edit": found.state in REFORM_EDITABLE,
        "can_submit": ReformState.SUBMITTED in REFORM_FLOW.next_states(found.state, actor=user_of(request)),
    }
    return render(request, "patents/reform/detail.html", context, status=status)
