"""The public calendar."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.calendar import calendar_file
from events.enums import EventState
from events.forms.search import EventSearchForm
from events.models import Event
from portal.accounts.access import public

PAGE_SIZE = 20
REFUSED = 422


@require_safe
@public
def event_list(request: HttpRequest) -> HttpResponse:
    """Events to come or over, by city and kind."""
    form = EventSearchForm(request.GET)
    if not form.is_valid():
        return render(request, "events/list.html", {"form": form}, status=REFUSED)
    page = Paginator(form.found(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    is_narrowed = any(request.GET.get(name) for name in ("city", "kind"))
    return render(request, "events/list.html", {"form": form, "page": page, "is_narrowed": is_narrowed})


@require_safe
@public
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One event."""
    event = _visible(request, pk)
    can_manage = Event.objects.managed_by(request.user).filter(pk=pk).exists()
    return render(request, "events/detail.html", {"event": event, "can_manage": can_manage})


@require_safe
@public
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """One event as a file for calendar programs. A draft has none: its time may still change unseen."""
    event = _visible(request, pk, exclude=EventState.DRAFT)
    url = request.build_absolute_uri(event.get_absolute_url())
    content = calendar_file(event, host=request.get_host().partition(":")[0], url=url)
    disposition = f'attachment; filename="event-{event.pk}.ics"'
    return HttpResponse(
        content, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": disposition}
    )


def _visible(request: HttpRequest, pk: int, *, exclude: str = "") -> Event:
    rows = Event.objects.visible_to(request.user).exclude(state=exclude)
    return get_object_or_404(rows.select_related("organiser"), pk=pk)
