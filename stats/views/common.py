"""What the pages of numbers share."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.errors import ServiceError
from portal.sheets.writing import export_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
REFUSED = 422
PAGE_SIZE = 50
ResultT = TypeVar("ResultT")


def attachment(content: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    """A file to keep, under a Chinese name."""
    disposition = f"attachment; filename*=UTF-8''{quote(name.replace(' ', ''))}"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})


def sheet(headings: Sequence[str], lines: Iterable[Sequence[Any]], title: str) -> HttpResponse:
    """A table as Excel."""
    return attachment(export_workbook(list(headings), lines), f"{title}.xlsx")


def run(form: forms.Form, verb: Callable[[], ResultT]) -> ResultT | None:
    """What the service gives; None when it refused, with the reason at the form's field."""
    try:
        return verb()
    except ServiceError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


def act(request: HttpRequest, back: Any, done: str, verb: Callable[[], object]) -> HttpResponse:
    """Call a service and go `back` with what came of it."""
    try:
        verb()
    except ServiceError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect(back)
