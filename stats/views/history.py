"""Numbers from before the portal: what stands, and the sheet that brings them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.sheets.writing import template_workbook
from portal.ui.calls import run
from portal.ui.downloads import attachment
from stats.forms.numbers import HistoryForm
from stats.imports.history import COLUMNS, TEMPLATE_VERSION, import_history
from stats.models import HistoricFigure
from stats.policy.definitions import Indicator
from stats.queries.definitions import indicator_versions
from stats.queries.numbers import newest
from stats.views.common import PAGE_SIZE, REFUSED
from subsidies.views.officials import kept

TITLE = "平台前历史数"
SHOWN_PROBLEMS = 50


@require_http_methods(["GET", "HEAD", "POST"])
@roles(Role.PROVINCE)
def history(request: HttpRequest) -> HttpResponse:
    """Look at a sheet, or bring it in; nothing is written while one row is wrong."""
    form = HistoryForm(request.POST or None, request.FILES or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        wanted = {
            "file_name": file.name,
            "by": user_of(request),
            "apply": "import" in request.POST,
            "corrects": form.cleaned_data["corrects"],
        }
        with kept(file) as path:
            outcome = run(form, lambda: import_history(path=path, **wanted))
    rows = HistoricFigure.objects.select_related("source_import")
    known = newest(indicator_versions())
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "title": TITLE,
        "columns": COLUMNS,
        "indicators": [one for one in known.values() if one.measure != "stock"],
        "outcome": outcome,
        "problems": outcome.problems[:SHOWN_PROBLEMS] if outcome else (),
        "page": page,
        "rows": [(row, known.get(row.indicator), _shown(known.get(row.indicator), row)) for row in page],
    }
    return render(request, "stats/history.html", context, status=REFUSED if form.errors else 200)


def _shown(one: Indicator | None, row: HistoricFigure) -> str:
    return f"{one.shown(row.value)} {one.unit}" if one else str(row.value)


@require_safe
@roles(Role.PROVINCE)
def history_template(request: HttpRequest) -> HttpResponse:
    """The empty sheet."""
    return attachment(template_workbook(COLUMNS, title=TITLE, version=TEMPLATE_VERSION), f"{TITLE}模板.xlsx")
