"""What everybody may see: claims in publicity with objections, reasons of reexaminations, payments as open data."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import public
from portal.sheets.writing import export_csv
from portal.ui.admin import BoundedPaginator
from portal.ui.calls import run
from subsidies import services
from subsidies.enums import ReexaminationState
from subsidies.forms.claims import ObjectionForm
from subsidies.models import Reexamination
from subsidies.open_data import COLUMNS, SCHEMA, payment_rows
from subsidies.queries.claims import in_publicity, paid_claims
from subsidies.views.common import PAGE_SIZE


@public
def publicity_list(request: HttpRequest) -> HttpResponse:
    """Claims that stand in publicity today."""
    page = BoundedPaginator(in_publicity(clock.today()), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "subsidies/publicity/list.html", {"page": page})


@public
def publicity(request: HttpRequest, ref: str) -> HttpResponse:
    """One claim in publicity, with its lines, and the form for an objection."""
    found = get_object_or_404(in_publicity(clock.today()), ref=ref)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if run(form, lambda: services.object_to(claim_ref=found.ref, **given)):
            messages.success(request, "异议已收到，主管部门处理期间不拨付。")
            return redirect("subsidies:publicity", ref=found.ref)
    context = {"claim": found, "newest": found.calculations.filter(is_payable=True).first(), "form": form}
    return render(request, "subsidies/publicity/detail.html", context, status=422 if form.errors else 200)


@public
def decisions(request: HttpRequest) -> HttpResponse:
    """Reexaminations that were decided, with their reasons."""
    rows = Reexamination.objects.exclude(state=ReexaminationState.OPEN)
    rows = rows.select_related("claim__organisation", "calculation", "corrected").order_by("-decided_at", "-id")
    page = BoundedPaginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "subsidies/publicity/decisions.html", {"page": page})


@public
def open_data(request: HttpRequest) -> HttpResponse:
    """The newest payments, and the downloads with their schema."""
    page = BoundedPaginator(paid_claims(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "subsidies/publicity/open_data.html", {"page": page, "columns": COLUMNS})


@public
@require_safe
def payments_json(request: HttpRequest) -> HttpResponse:
    """All payments as JSON, as `schema.json` says."""
    response = JsonResponse(
        {"published_on": str(clock.today()), "payments": list(payment_rows())},
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    response["Content-Disposition"] = 'attachment; filename="subsidy-payments.json"'
    return response


@public
@require_safe
def payments_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All payments as CSV with the same columns."""
    rows = ([row[name] for name in COLUMNS] for row in payment_rows())
    response = StreamingHttpResponse(export_csv(list(COLUMNS), rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="subsidy-payments.csv"'
    return response


@public
@require_safe
def schema_json(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the download."""
    return JsonResponse(SCHEMA, json_dumps_params={"ensure_ascii": False, "indent": 1})
