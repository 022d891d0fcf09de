"""Needs that a city collected in a sheet: the template, the check of a sheet, and its import."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from demand.imports.needs import COLUMNS, TEMPLATE_VERSION, import_demands
from portal import regions
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.sheets.services import Outcome
from portal.sheets.table import read_table
from portal.sheets.writing import error_workbook, template_workbook
from portal.ui.downloads import XLSX, attachment

SHOWN_PROBLEMS = 50


class SheetForm(forms.Form):
    """One file of needs; the province names the city, a city is its own."""

    city_code = forms.ChoiceField(label="所在市", choices=regions.CITY_CHOICES)
    file = forms.FileField(
        label="需求表",
        help_text="支持 .xlsx、.xls、.csv，最大 50 MB。必须有“需求名称”和“需求描述”。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"empty": "文件是空的，没有任何数据。", "required": "请选择文件。"},
    )

    def __init__(self, *args: Any, city_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if city_code:
            self.fields["city_code"].choices = [(city_code, regions.name_of(city_code))]  # type: ignore[attr-defined]


@roles(Role.CITY, Role.PROVINCE)
def upload(request: HttpRequest) -> HttpResponseBase:
    """Check a sheet, hand it back with its errors, or import its right rows; the button pressed says which."""
    user = user_of(request)
    own = user.city_code if user.role == Role.CITY else ""
    form = SheetForm(request.POST or None, request.FILES or None, city_code=own)
    outcome = None
    if request.method == "POST" and form.is_valid():
        try:
            with _on_disk(form.cleaned_data["file"]) as path:
                is_import = "import" in request.POST
                outcome = import_demands(
                    path=path, city_code=form.cleaned_data["city_code"], by=user, dry_run=not is_import
                )
                if "errors" in request.POST and outcome.problems:
                    return _error_sheet(path, outcome)
        except ServiceError as refusal:
            form.add_error("file", refusal.message)
        else:
            if is_import and outcome.new:
                messages.success(request, f"已导入 {outcome.new} 项需求，正在匹配；{outcome.refused} 行未导入。")
                if not outcome.problems:
                    return redirect("admin:demand_demand_changelist")
    context = {
        "form": form,
        "outcome": outcome,
        "imported": "import" in request.POST,
        "problems": outcome.problems[:SHOWN_PROBLEMS] if outcome else [],
    }
    return render(request, "demand/upload.html", context, status=422 if form.errors else 200)


@roles(Role.CITY, Role.PROVINCE)
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty sheet to fill in."""
    content = template_workbook(COLUMNS, title="技术需求导入模板", version=TEMPLATE_VERSION)
    return attachment(content, "需求模板.xlsx")


@contextmanager
def _on_disk(file: Any) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.name).name[-100:]
        with path.open("wb") as stream:
            stream.writelines(file.chunks())
        yield path


def _error_sheet(path: Path, outcome: Outcome) -> FileResponse:
    target = path.with_name("errors.xlsx")
    header_row = read_table(path, COLUMNS).header_row
    error_workbook(path, outcome.problems, target, sheet_name=outcome.sheet_name, header_row=header_row)
    # The open file outlives the folder, which is removed when this request's block ends.
    return FileResponse(target.open("rb"), as_attachment=True, filename="需求-错误说明.xlsx", content_type=XLSX)
