"""How pages call a service and tell its refusal: at the form's field, or in a message after going back."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.errors import ServiceError

ResultT = TypeVar("ResultT")


def tell(form: forms.BaseForm, refusal: ServiceError) -> None:
    """Show the refusal at the field that it names, or above the form where that has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


def run(form: forms.BaseForm, verb: Callable[[], ResultT]) -> ResultT | None:
    """What the service gives; None when it refused, with the reason at the form's field."""
    try:
        return verb()
    except ServiceError as refusal:
        tell(form, refusal)
        return None


def act(request: HttpRequest, back: Any, done: str, verb: Callable[[], object]) -> HttpResponse:
    """Call a service and go `back` (a row or a view's name) with what came of it."""
    try:
        verb()
    except ServiceError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect(back)
