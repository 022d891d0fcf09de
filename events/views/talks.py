"""The table plan for who takes part: what the organisation wants, and its own timetable."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from events.enums import EventState
from events.forms.plans import PartyForm, WishesForm
from events.models import Event, PlanMeeting, PlanParty
from events.queries import plans as queries
from events.services import plan_wishes
from events.services.plan_wishes import MOST_MUSTS
from events.views.common import REFUSED, done
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import organisation_of, user_of

parties = roles(Role.SME, Role.HOLDER, Role.BANK)
SHOWN = 30


@parties
def wishes(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the organisation wishes to meet or not, a page of the other side at a time."""
    event = _coming(request, pk)
    organisation = organisation_of(request)
    rows = queries.other_side(event, organisation)
    words = request.GET.get("q", "").strip()
    page = Paginator(rows.filter(name__icontains=words) if words else rows, SHOWN).get_page(request.GET.get("page"))
    form = WishesForm(request.POST or None, others=list(page))

    def verb() -> bool:
        plan_wishes.save_wishes(event_id=event.pk, by=user_of(request), wishes=form.wishes())
        return True

    if done(form, verb):
        messages.success(request, "已保存洽谈意愿。")
        return redirect(request.get_full_path())
    context = {"event": event, "form": form, "page": page, "words": words, "most_musts": MOST_MUSTS}
    return render(request, "events/plan/wishes.html", context, status=REFUSED if form.errors else 200)


@parties
def availability(request: HttpRequest, pk: int) -> HttpResponse:
    """When the organisation cannot come, and how often it wants to meet at most."""
    event = _coming(request, pk)
    standing = PlanParty.objects.filter(event=event, organisation=organisation_of(request)).first()
    initial: dict[str, Any] = {}
    if standing:
        initial = {"most_meetings": standing.most_meetings, "absent_slots": standing.absent_slots.all()}
    form = PartyForm(request.POST or None, event=event, initial=initial)

    def verb() -> object:
        given = form.cleaned_data
        return plan_wishes.save_party(
            event_id=event.pk, by=user_of(request), most_meetings=given["most_meetings"],
            absent_slots=[slot.pk for slot in given["absent_slots"]],
        )  # fmt: skip

    if done(form, verb):
        messages.success(request, "已保存洽谈时间。")
        return redirect("events:wishes", event.pk)
    context = {"event": event, "form": form}
    return render(request, "events/plan/availability.html", context, status=REFUSED if form.errors else 200)


@parties
@require_safe
def timetable(request: HttpRequest, pk: int) -> HttpResponse:
    """The organisation's own meetings, once the plan is published."""
    event = _coming(request, pk)
    organisation = organisation_of(request)
    own = queries.meetings_of(event, organisation)
    rows = own & PlanMeeting.objects.visible_to(user_of(request)) if queries.is_published(event) else own.none()
    told = [
        (one, queries.reason_words(one, side="guest" if one.guest_id == organisation.pk else "host")) for one in rows
    ]
    context = {"event": event, "organisation": organisation, "rows": told, "is_published": queries.is_published(event)}
    return render(request, "events/plan/timetable.html", context)


def _coming(request: HttpRequest, pk: int) -> Event:
    """The published event at which the organisation has a place."""
    event = get_object_or_404(Event.objects.visible_to(request.user), pk=pk, state=EventState.PUBLISHED)
    if not queries.is_coming(event, organisation_of(request)):
        raise Http404
    return event
