"""What the pages share: calling a service and telling its refusal."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.errors import ServiceError

PAGE_SIZE = 20
ResultT = TypeVar("ResultT")


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
