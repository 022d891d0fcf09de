"""Banks' daily statements: what came in over the API or as a file, and what differed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from finance import services
from finance.forms.statements import StatementForm
from finance.imports.statements import COLUMNS, TEMPLATE_VERSION, read_statement
from finance.queries.statements import statements_for
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.sheets.writing import template_workbook
from portal.ui.calls import tell
from portal.ui.downloads import XLSX

PAGE_SIZE = 20
SHOWN_PROBLEMS = 50


@contextmanager
def _kept(file: Any) -> Iterator[Path]:
    """An uploaded file as a path, for as long as the block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        yield path


@roles(Role.PROVINCE, Role.FINANCE)
def statements(request: HttpRequest) -> HttpResponse:
    """The statements with their differences; the province brings in one that came as a file."""
    user = user_of(request)
    can_add = user.role == Role.PROVINCE
    form = StatementForm(request.POST or None, request.FILES or None) if can_add else None
    problems: list[Any] = []
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            with _kept(form.cleaned_data["file"]) as path:
                lines, problems = read_statement(path)
            if not problems:
                return _take(request, form, lines)
        except ServiceError as refusal:
            tell(form, refusal)
        else:
            form.add_error("file", f"文件中有 {len(problems)} 处问题，未导入。")
    page = Paginator(statements_for(user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "problems": problems[:SHOWN_PROBLEMS]}
    return render(request, "finance/statements.html", context, status=422 if form and form.errors else 200)


@roles(Role.PROVINCE)
@require_safe
def statement_template(request: HttpRequest) -> HttpResponse:
    """The empty sheet."""
    content = template_workbook(COLUMNS, title="银行对账单", version=TEMPLATE_VERSION)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="statement.xlsx"'
    return response


def _take(request: HttpRequest, form: StatementForm, lines: list[dict[str, Any]]) -> HttpResponse:
    data = form.cleaned_data
    kept = services.take_statement(
        institution=data["institution"], number=data["number"], day=data["day"], lines=lines, by=user_of(request)
    )
    count = kept.differences.count()
    told = f"发现 {count} 处差异，已列为待办。" if count else "与平台台账一致。"
    messages.success(request, f"已核对 {kept.line_count} 笔，{told}")
    return redirect("finance:statements")
