"""What the pages share."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from events.models import Event
from events.tokens import Token, read_door
from portal.errors import NotFound
from portal.ui import calls

PAGE_SIZE = 20
REFUSED = 422
_DOORS = "events_doors"
ResultT = TypeVar("ResultT")


def managed(request: HttpRequest, pk: int) -> Event:
    """The event, if who is signed in answers for it."""
    return get_object_or_404(Event.objects.managed_by(request.user).select_related("organiser", "series"), pk=pk)


def visible(request: HttpRequest, pk: int) -> Event:
    """The event, if the visitor may see it."""
    return get_object_or_404(Event.objects.visible_to(request.user).select_related("organiser", "series"), pk=pk)


def done(form: forms.Form, verb: Callable[[], Any]) -> Any:
    """What the service gives for a form that was sent and is valid.

    None when it was not, or when the service refused: then the reason is at the form's field.
    """
    return calls.run(form, verb) if form.is_bound and form.is_valid() else None


def act(request: HttpRequest, back: Any, done: str, verb: Callable[[], object]) -> HttpResponse:
    """Call a service and go `back` with what came of it; a row of somebody else is simply not there."""
    return calls.act(request, back, done, lambda: _found(verb))


def _found(verb: Callable[[], ResultT]) -> ResultT:
    try:
        return verb()
    except NotFound as refusal:
        raise Http404 from refusal


def page_of_form(request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
    """A page with nothing but one form."""
    return render(request, "events/form.html", {"form": form, **context}, status=REFUSED if form.errors else 200)


def open_door(request: HttpRequest, token: str, door: str) -> Token:
    """Let this browser work at the door that the link names."""
    said = checked_door(token)
    doors = request.session.get(_DOORS, {})
    request.session[_DOORS] = doors | {str(said.key): {"version": said.version, "door": door}}
    return said


def checked_door(token: str) -> Token:
    """What the link says, if it is the newest of its event; else 404."""
    said = _found(lambda: read_door(token))
    get_object_or_404(Event, pk=said.key, door_version=said.version)
    return said


def door_of(request: HttpRequest, event: Event) -> str | None:
    """The door at which this visitor checks people in; None for anybody else."""
    given = request.session.get(_DOORS, {}).get(str(event.pk))
    if given and given["version"] == event.door_version:
        return str(given["door"])
    if Event.objects.managed_by(request.user).filter(pk=event.pk).exists():
        return str(request.user)
    return None


def door_or_404(request: HttpRequest, event: Event) -> str:
    """As `door_of`; nobody else learns that there is a door."""
    door = door_of(request, event)
    if door is None:
        raise Http404
    return door
