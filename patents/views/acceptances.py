"""Pages of licences that firms took."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from patents import services
from patents.enums import AcceptanceState
from patents.forms.licences import AcceptForm, ReceivedForm, RecordForm
from patents.models import OpenLicence
from patents.policy.licences import due_at_acceptance
from patents.queries import licences as queries
from patents.workflow.licences import ACCEPTANCE_FLOW
from portal import clock
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import organisation_of, user_of
from portal.errors import ServiceError
from portal.ui.calls import act, tell

PAGE_SIZE = 20
READERS = (Role.SME, Role.HOLDER, Role.CITY, Role.PROVINCE)


@roles(*READERS)
def acceptances(request: HttpRequest) -> HttpResponse:
    """The licences a firm took, a holder gave or an official watches; newest first, each with its clock."""
    page = Paginator(queries.acceptances_for(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/licences/acceptances.html", {"page": page, "today": clock.today()})


@roles(Role.SME)
def accept(request: HttpRequest, ref: str) -> HttpResponse:
    """Notice and payment of a firm."""
    rows = OpenLicence.objects.visible_to(request.user).select_related("patent", "holder")
    licence = get_object_or_404(rows, ref=ref)
    due = due_at_acceptance(queries.terms_of(licence))
    form = AcceptForm(request.POST or None, initial=_first(request, licence, due))
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.accept_open_licence(ref=ref, by=user_of(request), notice=form.notice)
        except ServiceError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"许可自 {kept.effective_on} 生效，请于 {kept.record_due_on} 前办理备案。")
            return redirect(kept)
    blocks = queries.blocks_against(licence, clock.today())
    context = {"form": form, "licence": licence, "due": due, "blocks": blocks}
    return render(request, "patents/licences/accept.html", context, status=422 if form.errors else 200)


def _first(request: HttpRequest, licence: OpenLicence, due: Any) -> dict[str, Any]:
    firm = organisation_of(request)
    text = (
        f"致{licence.owner_name}：本单位{firm.name}愿意按照公告的许可使用费支付方式和标准，"
        f"实施专利“{licence.patent.title}”（{licence.patent.display_number}），特此书面通知。"
    )
    return {"text": text, "given_on": clock.today(), "paid_amount": due}


@roles(*READERS)
def acceptance(request: HttpRequest, ref: str) -> HttpResponse:
    """One licence with its frozen terms and its clock, for its two sides and their officials."""
    found = get_object_or_404(queries.acceptances_for(user_of(request)), ref=ref)
    user = user_of(request)
    is_holder = user.role == Role.HOLDER
    context = {
        "acceptance": found,
        "terms": queries.terms_as_accepted(found),
        "days_left": (found.record_due_on - clock.today()).days,
        "record_form": RecordForm(initial={"recorded_on": clock.today()})
        if AcceptanceState.RECORDED in ACCEPTANCE_FLOW.next_states(found.state, actor=user)
        else None,
        "received_form": ReceivedForm(initial={"received_on": clock.today()})
        if is_holder and found.paid_on and not found.payment_confirmed_on
        else None,
    }
    return render(request, "patents/licences/acceptance.html", context)


@require_POST
@roles(*READERS)
def record_acceptance(request: HttpRequest, ref: str) -> HttpResponse:
    """Enter the record at CNIPA."""
    return _save(request, ref, RecordForm(request.POST), services.record_acceptance, "备案已登记。")


@require_POST
@roles(Role.HOLDER)
def confirm_payment(request: HttpRequest, ref: str) -> HttpResponse:
    """The holder has the money."""
    return _save(request, ref, ReceivedForm(request.POST, request.FILES), services.confirm_payment, "收款已确认。")


def _save(request: HttpRequest, ref: str, form: forms.Form, service: Callable[..., Any], done: str) -> HttpResponse:
    found = get_object_or_404(queries.acceptances_for(user_of(request)), ref=ref)
    if not form.is_valid():
        messages.error(request, "；".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(found)
    return act(request, found, done, lambda: service(ref=ref, by=user_of(request), **form.cleaned_data))
