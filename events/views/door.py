"""The door: helpers with phones let people in, by QR code or by name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from events import services
from events.forms.signups import HelperForm, WalkInForm
from events.models import Event
from events.queries.signups import SHORTEST_SEARCH, at_the_door, attendance_of
from events.services.checkin import CheckedIn
from events.tokens import read_badge
from events.views.common import REFUSED, checked_door, done, door_or_404, open_door
from portal import clock
from portal.accounts.access import public
from portal.errors import ServiceError


@public
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A helper opens the link and says who and where."""
    event = get_object_or_404(Event, pk=checked_door(token).key)
    form = HelperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        open_door(request, token, form.cleaned_data["door"])
        return redirect("events:door", pk=event.pk)
    context = {"event": event, "form": form}
    return render(request, "events/door/enter.html", context, status=REFUSED if form.errors else 200)


@public
def door(request: HttpRequest, pk: int) -> HttpResponse:
    """Search by name, and who came without signing up."""
    event = get_object_or_404(Event, pk=pk)
    place = door_or_404(request, event)
    form = WalkInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        row = done(
            form,
            lambda: services.walk_in(
                event_id=pk, person=form.person, organisation_name=given["organisation_name"], door=place
            ),
        )
        if row:
            messages.success(request, f"{row.person_name} 已现场登记并签到。")
            return redirect("events:door", pk=pk)
    text = request.GET.get("q", "")
    context = {
        "event": event,
        "door": place,
        "form": form,
        "q": text,
        "found": at_the_door(event, text),
        "is_short": 0 < len(text.strip()) < SHORTEST_SEARCH,
        "attendance": attendance_of(event),
    }
    return render(request, "events/door/door.html", context, status=REFUSED if form.errors else 200)


@require_POST
@public
def check_in_name(request: HttpRequest, pk: int, signup_id: int) -> HttpResponse:
    """Let somebody in whose name is on the list."""
    event = get_object_or_404(Event, pk=pk)
    place = door_or_404(request, event)
    try:
        done = services.check_in_name(event_id=pk, signup_id=signup_id, door=place)
    except ServiceError as refusal:
        messages.error(request, refusal.message)
    else:
        _tell(request, done)
    return redirect("events:door", pk=pk)


@require_POST
@public
def check_in_badge(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Let somebody in by the code that a helper's phone has read."""
    event = get_object_or_404(Event, pk=pk)
    place = door_or_404(request, event)
    try:
        read_badge(token)
        done = services.check_in_badge(event_id=pk, token=token, door=place)
    except ServiceError as refusal:
        messages.error(request, refusal.message)
        return redirect("events:door", pk=pk)
    _tell(request, done)
    return redirect("events:badge", token=token)


def _tell(request: HttpRequest, done: CheckedIn) -> None:
    row = done.signup
    if done.is_first:
        messages.success(request, f"{row.person_name} 签到成功。")
        return
    at = row.checked_in_at.astimezone(clock.SHANGHAI) if row.checked_in_at else clock.now()
    messages.warning(request, f"{row.person_name} 已于 {at:%H:%M} 在“{row.door}”签到，本次不重复计数。")
