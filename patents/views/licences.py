"""Pages of open licences: the public list, the calculator, the holder's declarations."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from patents import services
from patents.checks.licences import check_terms
from patents.enums import OpenLicenceState
from patents.forms.licences import (
    CalculatorForm,
    CnipaForm,
    DeclarationForm,
    EncumbranceForm,
    LicenceSearchForm,
    SubmitForm,
    TermsForm,
    WithdrawForm,
    initial_of,
)
from patents.models import OpenLicence, Patent
from patents.policy.licences import due_at_acceptance, fee_table
from patents.queries import licences as queries
from patents.workflow.licences import CNIPA_FLOW, EDITABLE, OPEN_LICENCE_FLOW
from portal import clock
from portal.accounts.access import public, roles
from portal.accounts.enums import OFFICIALS, OrganisationKind, Role
from portal.accounts.requests import organisation_of, user_of
from portal.errors import Invalid
from portal.ui.admin import BoundedPaginator
from portal.ui.calls import run, tell

PAGE_SIZE = 20


@public
def open_licences(request: HttpRequest) -> HttpResponse:
    """The licences that anybody can take."""
    form = LicenceSearchForm(request.GET)
    page = BoundedPaginator(queries.public_licences(**form.wanted()), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/licences/list.html", {"form": form, "page": page})


@public
def calculator(request: HttpRequest) -> HttpResponse:
    """What terms come to, year by year; `licence` in the address fills in those of a public licence."""
    licence = OpenLicence.objects.visible_to(request.user).filter(ref=request.GET.get("licence", "")).first()
    is_asked = "payment_kind" in request.GET
    first = {name: getattr(licence, name) for name in TermsForm.base_fields} if licence else {}
    form = CalculatorForm(request.GET if is_asked else None, initial=first)
    table = None
    if is_asked and form.is_valid():
        try:
            check_terms(form.terms)
            table = fee_table(form.terms, form.forecasts)
        except Invalid as refusal:
            tell(form, refusal)
    context = {"form": form, "table": table, "licence": licence}
    return render(request, "patents/licences/calculator.html", context, status=422 if is_asked and form.errors else 200)


@public
def open_licence(request: HttpRequest, ref: str) -> HttpResponse:
    """One licence: to everybody its terms, to its holder what is to be done."""
    licence = _visible(request, ref)
    user: Any = request.user
    is_holder = user.is_authenticated and user.role == Role.HOLDER and user.organisation_id == licence.holder_id
    is_official = user.is_authenticated and user.role in OFFICIALS
    context = {
        "licence": licence,
        "due": due_at_acceptance(queries.terms_of(licence)),
        "blocks": queries.blocks_against(licence, clock.today()),
        "steps": licence.cnipa_steps.all(),
        "is_holder": is_holder,
        "sees_inside": is_holder or is_official,
        "accepted": queries.acceptances_for(user).filter(open_licence=licence)[:PAGE_SIZE],
        "can_edit": is_holder and licence.state in EDITABLE,
        "can_withdraw": is_holder and licence.state != OpenLicenceState.WITHDRAWN,
        "can_accept": licence.is_open and (not user.is_authenticated or user.role == Role.SME),
        "can_record_step": is_holder and bool(CNIPA_FLOW.next_states(licence.cnipa_state, actor=user)),
    }
    return render(request, "patents/licences/licence.html", context)


@roles(Role.HOLDER)
def my_open_licences(request: HttpRequest) -> HttpResponse:
    """The declarations of the holder, newest first."""
    rows = queries.with_counts(OpenLicence.objects.filter(holder=organisation_of(request))).order_by("-id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/licences/mine.html", {"page": page})


@roles(Role.HOLDER)
def declare(request: HttpRequest, number: str) -> HttpResponse:
    """Start the declaration for one of the holder's patents."""
    holder = organisation_of(request)
    patent = get_object_or_404(Patent.objects.at_address(number), holder=holder)
    first = {"owner_name": patent.applicant_names or holder.name, "licence_from": clock.today()}
    form = DeclarationForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        kept = run(
            form,
            lambda: services.draft_open_licence(patent_id=patent.pk, by=user_of(request), declaration=form.declaration),
        )
        if kept:
            return redirect("patents:submit_open_licence", ref=kept.ref)
    return _form_page(request, form, patent)


@roles(Role.HOLDER)
def edit_open_licence(request: HttpRequest, ref: str) -> HttpResponse:
    """Change a draft or a declaration that was returned."""
    licence = _own(request, ref)
    if licence.state not in EDITABLE:
        messages.error(request, f"当前状态为“{licence.get_state_display()}”，不能修改。")
        return redirect(licence)
    form = DeclarationForm(request.POST or None, initial=initial_of(licence))
    if request.method == "POST" and form.is_valid():
        declaration = form.declaration
        if run(form, lambda: services.update_open_licence(ref=ref, by=user_of(request), declaration=declaration)):
            return redirect("patents:submit_open_licence", ref=ref)
    return _form_page(request, form, licence.patent, licence)


@roles(Role.HOLDER)
def submit_open_licence(request: HttpRequest, ref: str) -> HttpResponse:
    """The declaration with what stands against it and what deserves a second look; then hand it in."""
    licence = _own(request, ref)
    form = SubmitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        is_aware = form.cleaned_data["is_aware_of_warnings"]
        done = run(
            form,
            lambda: services.submit_open_licence(ref=ref, by=user_of(request), is_aware_of_warnings=is_aware),
        )
        if done:
            messages.success(request, f"开放许可声明 {ref} 已提交，等待审核。")
            return redirect(licence)
    today = clock.today()
    context = {
        "form": form,
        "licence": licence,
        "due": due_at_acceptance(queries.terms_of(licence)),
        "blocks": queries.blocks_against(licence, today),
        "warnings": queries.warnings_about(queries.declaration_of(licence), today),
        "can_submit": OpenLicenceState.SUBMITTED
        in OPEN_LICENCE_FLOW.next_states(licence.state, actor=user_of(request)),
    }
    return render(request, "patents/licences/submit.html", context, status=422 if form.errors else 200)


@roles(Role.HOLDER)
def withdraw_open_licence(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a declaration back."""
    licence = _own(request, ref)
    form = WithdrawForm(request.POST or None)
    valid = licence.acceptances.filter(licence_to__gte=clock.today()).count()
    text = f"撤回后不能再接受；撤回前已生效的 {valid} 项许可继续有效，直至各自期限届满。"
    return _act(
        request,
        licence,
        form,
        lambda: services.withdraw_open_licence(ref=ref, by=user_of(request), **form.cleaned_data),
        title="撤回开放许可",
        text=text,
    )


@roles(Role.HOLDER)
def encumber_open_licence(request: HttpRequest, ref: str) -> HttpResponse:
    """State what lies on the right now."""
    licence = _own(request, ref)
    first = {"stated_overlays": licence.stated_overlays, "pledgee_consent": licence.pledgee_consent}
    form = EncumbranceForm(request.POST or None, initial=first)
    return _act(
        request,
        licence,
        form,
        lambda: services.state_encumbrances(
            ref=ref,
            by=user_of(request),
            overlays=form.cleaned_data["stated_overlays"],
            pledgee_consent=form.cleaned_data["pledgee_consent"],
        ),
        title="说明权利负担",
        text="有变化时及时更新：存在妨碍情形期间，企业不能接受该开放许可。",
    )


@roles(Role.HOLDER)
def record_cnipa_step(request: HttpRequest, ref: str) -> HttpResponse:
    """Record what was done at CNIPA."""
    licence = _own(request, ref)
    form = CnipaForm(request.POST or None, licence=licence, actor=user_of(request))
    return _act(
        request,
        licence,
        form,
        lambda: services.record_cnipa_step(ref=ref, by=user_of(request), **form.cleaned_data),
        title="登记国家知识产权局办理结果",
        text=f"现状：{licence.get_cnipa_state_display()}。这里只登记结果，声明和撤回须向国家知识产权局办理。",
    )


def _visible(request: HttpRequest, ref: str) -> OpenLicence:
    rows = queries.with_counts(OpenLicence.objects.visible_to(request.user))
    return get_object_or_404(rows, ref=ref)


def _own(request: HttpRequest, ref: str) -> OpenLicence:
    rows = OpenLicence.objects.of_user(user_of(request)).select_related("patent", "holder")
    return get_object_or_404(rows, ref=ref)


def _act(
    request: HttpRequest, licence: OpenLicence, form: forms.Form, service: Callable[[], Any], *, title: str, text: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and run(form, service):
        messages.success(request, f"{title}：已登记。")
        return redirect(licence)
    context = {"form": form, "licence": licence, "heading": title, "text": text}
    return render(request, "patents/licences/act.html", context, status=422 if form.errors else 200)


def _form_page(
    request: HttpRequest, form: DeclarationForm, patent: Patent, licence: OpenLicence | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "patent": patent,
        "licence": licence,
        "is_state_firm": organisation_of(request).kind == OrganisationKind.STATE_FIRM,
    }
    return render(request, "patents/licences/form.html", context, status=422 if form.errors else 200)
