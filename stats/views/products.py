"""A firm's patent products: filing, main patents, yearly figures, recognition."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.attachments.forms import DocumentForm
from portal.attachments.models import Attachment
from portal.ui.calls import act, run
from stats.enums.products import PRODUCT_EDITABLE, IntensiveState, ProductDocument, ProductState, YearState
from stats.forms.products import IntensiveForm, PatentForm, ProductForm, YearForm, initial_of, initial_of_year
from stats.models.products import Product
from stats.queries import products as queries
from stats.services import product_years as years
from stats.services import products as services
from stats.workflow.products import PRODUCT_FLOW

PAGE_SIZE = 20
firms = roles(Role.SME, Role.HOLDER)
_STEPS = (
    (ProductState.DRAFT, "填报"),
    (ProductState.SUBMITTED, "市级审核"),
    (ProductState.CITY_PASSED, "省级备案"),
    (ProductState.FILED, "已备案"),
)

_SHOWN_AS = {
    ProductState.RETURNED: ProductState.DRAFT,
    ProductState.WITHDRAWN: ProductState.DRAFT,
    ProductState.REFUSED: ProductState.SUBMITTED,
    ProductState.CANCELLED: ProductState.FILED,
}


@firms
@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """The own products."""
    page = Paginator(queries.products_of(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "stats/products/list.html", {"page": page})


@firms
def new(request: HttpRequest) -> HttpResponse:
    """Start a filing."""
    organisation = user_of(request).organisation
    first = {
        "contact_name": organisation.contact_name if organisation else "",
        "contact_phone": organisation.contact_phone if organisation else "",
        "industry_code": organisation.industry_code if organisation else "",
    }
    form = ProductForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        made = run(form, lambda: services.save_product(by=user_of(request), facts=form.facts()))
        if made:
            messages.success(request, f"草稿 {made.ref} 已保存，请填报专利、年度数据并上传材料。")
            return redirect(made)
    return _form(request, form, "专利产品备案", reverse("stats:products"), "保存草稿")


@firms
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change the product itself."""
    found = _own(request, ref)
    form = ProductForm(request.POST or None, initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        saved = run(form, lambda: services.save_product(by=user_of(request), facts=form.facts(), product_id=found.pk))
        if saved:
            messages.success(request, "已保存。")
            return redirect(saved)
    return _form(request, form, f"修改 {found.ref}", found.get_absolute_url(), "保存")


@firms
@require_safe
def product(request: HttpRequest, ref: str) -> HttpResponse:
    """Where an own filing stands."""
    return _show(request, _own(request, ref))


@firms
@require_POST
def add_patent(request: HttpRequest, ref: str) -> HttpResponse:
    """Name a main patent."""
    found = _own(request, ref)
    form = PatentForm(request.POST)
    if form.is_valid():
        named = run(form, lambda: services.name_patent(product_id=found.pk, by=user_of(request), **form.cleaned_data))
        if named:
            messages.success(request, f"已填报 {named.display_number}：{named.get_finding_display()}。")
            return redirect(found)
    return _show(request, found, patent_form=form, status=422)


@firms
@require_POST
def drop_patent(request: HttpRequest, ref: str, patent_id: int) -> HttpResponse:
    """Take a main patent off."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "已移除。",
        lambda: services.drop_patent(product_id=found.pk, by=user_of(request), patent_id=patent_id),
    )


@firms
@require_POST
def add_document(request: HttpRequest, ref: str) -> HttpResponse:
    """Upload a document."""
    found = _own(request, ref)
    form = DocumentForm(request.POST, request.FILES, purposes=ProductDocument.choices)
    if form.is_valid():
        file, purpose = form.cleaned_data["file"], form.cleaned_data["purpose"]
        kept = run(
            form,
            lambda: services.attach_document(
                product_id=found.pk, by=user_of(request), purpose=purpose, file=file, file_name=file.name
            ),
        )
        if kept:
            messages.success(request, f"已上传“{file.name}”。")
            return redirect(found)
    return _show(request, found, document_form=form, status=422)


@firms
@require_POST
def drop_document(request: HttpRequest, ref: str, attachment_id: int) -> HttpResponse:
    """Take a document away."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "材料已移除。",
        lambda: services.remove_document(product_id=found.pk, by=user_of(request), attachment_id=attachment_id),
    )


@firms
def year(request: HttpRequest, ref: str) -> HttpResponse:
    """Give the figures of a year; `year` in the address opens one that stands."""
    found = _own(request, ref)
    asked = request.GET.get("year")
    standing = next((row for row in found.years.all() if str(row.year) == asked), None)
    first = initial_of_year(standing) if standing else {"year": clock.today().year - 1}
    form = YearForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        saved = run(form, lambda: years.save_year(product_id=found.pk, by=user_of(request), facts=form.facts()))
        if saved:
            messages.success(request, f"{saved.year} 年的数据已保存。")
            return redirect(found)
    return _form(request, form, f"年度数据：{found.name}", found.get_absolute_url(), "保存")


@firms
@require_POST
def submit(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand the filing in."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "已提交，等待所在市审核。",
        lambda: services.submit_product(product_id=found.pk, by=user_of(request)),
    )


@firms
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take the filing back."""
    found = _own(request, ref)
    return act(request, found, "已撤回。", lambda: services.withdraw_product(product_id=found.pk, by=user_of(request)))


@firms
def intensive(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for the recognition as patent-intensive product."""
    found = _own(request, ref)
    returned = found.recognitions.filter(state=IntensiveState.RETURNED).first()
    first = {"year": returned.year, "statement": returned.statement} if returned else None
    form = IntensiveForm(request.POST or None, product=found, initial=first)
    if request.method == "POST" and form.is_valid():
        made = run(form, lambda: years.apply_intensive(product_id=found.pk, by=user_of(request), **form.cleaned_data))
        if made:
            messages.success(request, f"认定申请 {made.ref} 已提交。")
            return redirect(found)
    return _form(request, form, f"申请认定专利密集型产品：{found.name}", found.get_absolute_url(), "提交")


@firms
@require_POST
def withdraw_intensive(request: HttpRequest, ref: str, intensive_id: int) -> HttpResponse:
    """Take the application for recognition back."""
    found = _own(request, ref)
    row = get_object_or_404(found.recognitions, pk=intensive_id)
    return act(request, found, "已撤回。", lambda: years.withdraw_intensive(intensive_id=row.pk, by=user_of(request)))


def _own(request: HttpRequest, ref: str) -> Product:
    return get_object_or_404(queries.products_of(user_of(request)).select_related("organisation"), ref=ref)


def _form(request: HttpRequest, form: Any, title: str, back: str, submit: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "submit": submit}
    return render(request, "form.html", context, status=422 if form.errors else 200)


def _show(
    request: HttpRequest,
    found: Product,
    *,
    patent_form: PatentForm | None = None,
    document_form: DocumentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    next_states = PRODUCT_FLOW.next_states(found.state, actor=user_of(request))
    can_edit = found.state in PRODUCT_EDITABLE
    files: list[Any] = list(Attachment.objects.of(found))
    for file in files:
        file.label = ProductDocument(file.purpose).label
    figures = list(found.years.all())
    recognitions = list(found.recognitions.select_related("rule"))
    soon = clock.today() + dt.timedelta(days=years.RENEW_DAYS)
    is_filed = found.state == ProductState.FILED
    context = {
        "product": found,
        "steps": _steps(found),
        "patents": list(found.patents.select_related("patent")),
        "years": figures,
        "files": files,
        "recognitions": recognitions,
        "patent_form": patent_form or PatentForm(),
        "document_form": document_form or DocumentForm(purposes=ProductDocument.choices),
        "can_edit": can_edit,
        "can_add": can_edit or is_filed,
        "can_submit": ProductState.SUBMITTED in next_states,
        "can_withdraw": ProductState.WITHDRAWN in next_states,
        "can_apply": is_filed
        and any(row.state == YearState.CONFIRMED for row in figures)
        and not any(row.state == IntensiveState.SUBMITTED for row in recognitions)
        and not found.recognitions.valid_on(soon).exists(),
    }
    return render(request, "stats/products/product.html", context, status=status)


def _steps(found: Product) -> list[dict[str, str]]:
    order = [step for step, _ in _STEPS]
    state = ProductState(found.state)
    at = order.index(_SHOWN_AS.get(state, state))
    words = ["done" if place < at else "current" if place == at else "todo" for place in range(len(order))]
    if state in (ProductState.FILED, ProductState.CANCELLED):
        words[-1] = "done"
    return [{"label": label, "state": word} for (_, label), word in zip(_STEPS, words, strict=True)]
