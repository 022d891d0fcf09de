"""Officials' pages beside the admin: lists brought in, payment files, two versions compared."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import roles
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.sheets.writing import export_csv, export_workbook, template_workbook
from portal.ui.admin import BoundedPaginator
from portal.ui.calls import run
from portal.ui.downloads import XLSX
from subsidies import services
from subsidies.forms.officials import CompareForm, ListForm, ReceiptForm
from subsidies.imports import awards, payments
from subsidies.models import PaymentBatch
from subsidies.services.comparing import compare_versions
from subsidies.services.payments import HEADINGS
from subsidies.views.common import PAGE_SIZE

SHOWN_PROBLEMS = 50
finance = roles(Role.FINANCE)
LISTS: dict[str, tuple[str, str, Any, Callable[..., Any]]] = {
    "awards": ("专利奖获奖名单", awards.TEMPLATE_VERSION, awards.COLUMNS, awards.import_awards),
    "payments": ("其他渠道拨付名单", payments.TEMPLATE_VERSION, payments.COLUMNS, payments.import_payments),
}
"""By their word in the address: title, template's version, columns, import."""


@contextmanager
def kept(file: Any) -> Iterator[Path]:
    """An uploaded file as a path, for as long as the block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list{Path(file.name).suffix.lower()[:5]}"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        yield path


@roles(Role.PROVINCE, Role.CITY)
def import_list(request: HttpRequest, kind: str) -> HttpResponse:
    """Look at a list, or bring it in; nothing is written while one row is wrong."""
    title, _, columns, import_ = LISTS[kind]
    form = ListForm(request.POST or None, request.FILES or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        with kept(form.cleaned_data["file"]) as path:
            wanted = {"path": path, "by": user_of(request), "apply": "import" in request.POST}
            outcome = run(form, lambda: import_(**wanted))
    context = {
        "form": form,
        "template": f"subsidies:{kind.removesuffix('s')}_template",
        "title": title,
        "columns": columns,
        "outcome": outcome,
        "problems": outcome.problems[:SHOWN_PROBLEMS] if outcome else (),
    }
    return render(request, "subsidies/officials/import.html", context, status=422 if form.errors else 200)


@roles(Role.PROVINCE, Role.CITY)
@require_safe
def list_template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty sheet of a list."""
    title, version, columns, _ = LISTS[kind]
    response = HttpResponse(template_workbook(columns, title=title, version=version), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response


@finance
def batch_list(request: HttpRequest) -> HttpResponse:
    """The payment batches, newest first."""
    page = BoundedPaginator(PaymentBatch.objects.order_by("-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "subsidies/officials/batches.html", {"page": page})


@finance
def batch(request: HttpRequest, ref: str) -> HttpResponse:
    """One batch: its lines with masked accounts, the files, and the bank's receipt read back."""
    found = get_object_or_404(PaymentBatch, ref=ref)
    form = ReceiptForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with kept(form.cleaned_data["file"]) as path:
            outcome = run(form, lambda: services.read_receipt(batch_id=found.pk, by=user_of(request), path=path))
        if outcome:
            messages.success(
                request, f"回盘完成：成功 {outcome.paid}，失败 {outcome.failed}，此前已登记 {outcome.unchanged}。"
            )
            return redirect("subsidies:batch", ref=found.ref)
    lines = found.lines.select_related("claim__organisation").order_by("id")
    page = BoundedPaginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"batch": found, "page": page, "form": form, "can_export": found.state != "building"}
    return render(request, "subsidies/officials/batch.html", context, status=422 if form.errors else 200)


@require_POST
@finance
def export_batch(request: HttpRequest, ref: str, ending: str) -> HttpResponse | StreamingHttpResponse:
    """The file for the treasury, accounts in full; written down in the audit."""
    found = get_object_or_404(PaymentBatch, ref=ref)
    rows = services.export_batch(batch_id=found.pk, by=user_of(request))
    response: HttpResponse | StreamingHttpResponse
    if ending == "csv":
        response = StreamingHttpResponse(export_csv(HEADINGS, rows), content_type="text/csv; charset=utf-8")
    elif ending == "xlsx":
        response = HttpResponse(export_workbook(HEADINGS, rows), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{found.ref}.{ending}"'
    return response


@roles(*sorted(OFFICIALS))
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two versions on a year's real claims."""
    form = CompareForm(request.GET if "kind" in request.GET else None)
    outcome = run(form, lambda: compare_versions(**form.cleaned_data)) if form.is_bound and form.is_valid() else None
    context = {"form": form, "outcome": outcome}
    return render(request, "subsidies/officials/compare.html", context, status=422 if form.errors else 200)
