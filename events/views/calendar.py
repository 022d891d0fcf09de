"""The public calendar: list, month, feed, and the page of one event."""

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.calendar import calendar_feed, calendar_file
from events.enums import EventState, FileKind, SignupState
from events.forms.search import EventSearchForm, FilterForm
from events.models import Event
from events.queries.events import feed_events, held_beside_t07, held_for_t07, month_of, series_of
from events.queries.outcomes import public_counts
from events.queries.programme import agenda_of, files_of, needs_on_show, patents_on_show, products_on_show
from events.queries.signups import attendance_of
from events.views.common import PAGE_SIZE, REFUSED, visible
from portal import clock
from portal.accounts.access import public
from portal.accounts.enums import Role
from portal.attachments.models import Attachment
from portal.ui.admin import BoundedPaginator

ICS = "text/calendar; charset=utf-8"
SHOWN_OF_SERIES = 5
FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
@public
def event_list(request: HttpRequest) -> HttpResponse:
    """Events to come or over, by city and kind."""
    form = EventSearchForm(request.GET)
    if not form.is_valid():
        return render(request, "events/list.html", {"form": form}, status=REFUSED)
    page = Paginator(form.found(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    is_narrowed = any(request.GET.get(name) for name in ("city", "kind", "on"))
    return render(request, "events/list.html", {"form": form, "page": page, "is_narrowed": is_narrowed})


@require_safe
@public
def month(request: HttpRequest, year: int | None = None, number: int | None = None) -> HttpResponse:
    """One month, by city and kind; without one the present."""
    today = clock.today()
    first = today.replace(day=1) if year is None or number is None else _first_of(year, number)
    form = FilterForm(request.GET)
    is_valid = form.is_valid()
    context = {
        "form": form,
        "first": first,
        "before": first - dt.timedelta(days=1),
        "after": (first + dt.timedelta(days=31)).replace(day=1),
        "today": today,
        "weeks": month_of(request.user, first, **form.wanted) if is_valid else [],
    }
    return render(request, "events/month.html", context, status=200 if is_valid else REFUSED)


@require_safe
@public
def feed(request: HttpRequest) -> HttpResponse:
    """All events, or those of a city and kind, as a calendar to subscribe to."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise Http404
    content = calendar_feed(
        feed_events(**form.wanted),
        host=_host(request),
        url_of=lambda event: request.build_absolute_uri(event.get_absolute_url()),
    )
    return HttpResponse(content, content_type=ICS, headers={"Content-Disposition": 'inline; filename="events.ics"'})


@require_safe
@public
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One event: programme, what is on show, signing up, papers, what came of it."""
    event = visible(request, pk)
    papers, photos = files_of(event)
    context = {
        "event": event,
        "can_manage": Event.objects.managed_by(request.user).filter(pk=pk).exists(),
        "agenda": agenda_of(event),
        "patents": patents_on_show(event),
        "needs": needs_on_show(event, None),
        "products": products_on_show(event),
        "papers": papers,
        "photos": photos,
        "moves": event.moves.order_by("-id"),
        "attendance": attendance_of(event),
        "counts": public_counts(event),
        "series": series_of(event)[:SHOWN_OF_SERIES],
        **_own(request.user, event),
    }
    return render(request, "events/detail.html", context)


@require_safe
@public
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """One event as a file for calendar programs. A draft has none: its time may still change unseen."""
    event = visible(request, pk)
    if event.state == EventState.DRAFT:
        raise Http404
    url = request.build_absolute_uri(event.get_absolute_url())
    content = calendar_file(event, host=_host(request), url=url)
    disposition = f'attachment; filename="event-{event.pk}.ics"'
    return HttpResponse(content, content_type=ICS, headers={"Content-Disposition": disposition})


@require_safe
@public
def file(request: HttpRequest, pk: int, attachment_id: int) -> FileResponse:
    """A paper as a download, or a photo to be shown."""
    kept = get_object_or_404(Attachment.objects.of(visible(request, pk)), pk=attachment_id)
    return FileResponse(
        kept.file.open("rb"),
        as_attachment=kept.purpose != FileKind.PHOTO,
        filename=kept.file_name,
        content_type=kept.content_type,
    )


@require_safe
@public
def target(request: HttpRequest) -> HttpResponse:
    """Target T07, row by row: the roadshows and matching meetings that took place."""
    page = BoundedPaginator(held_for_t07(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "count": held_for_t07().count(), "beside": held_beside_t07().count()}
    return render(request, "events/target.html", context)


def _own(user: Any, event: Event) -> dict[str, Any]:
    """What the visitor's organisation has to do with the event."""
    if not user.is_authenticated or user.role not in (Role.SME, Role.HOLDER):
        return {"own": []}
    rows = list(event.signups.standing().filter(organisation_id=user.organisation_id).order_by("number"))
    return {"own": rows, "has_place": any(row.state == SignupState.CONFIRMED for row in rows)}


def _first_of(year: int, number: int) -> dt.date:
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= number <= 12:  # noqa: PLR2004 - months
        raise Http404
    return dt.date(year, number, 1)


def _host(request: HttpRequest) -> str:
    return request.get_host().partition(":")[0]
