"""Places of an event: counted, and given to who waits. The caller holds the lock of the event's row."""

from collections import Counter

from django.db.models import Count

from events.enums import SignupState
from events.models import Event, Signup
from events.policy.places import Places
from events.services.moves import announce
from portal import clock
from portal.notices.services import Message, notify_many


def places_of(event: Event) -> Places:
    """The places of the event as they stand. Two queries."""
    taken = event.signups.confirmed().order_by().values_list("audience").annotate(count=Count("pk"))
    return Places(
        capacity=event.capacity,
        quotas=dict(event.quotas.values_list("audience", "places")),
        taken=Counter(dict(taken)),
    )


def fill_places(event: Event) -> list[Signup]:
    """Let those who wait move up into free places, in the order in which they came; each organisation is told.

    Nobody moves up once the event is over.
    """
    if event.is_over:
        return []
    waiting = event.signups.filter(state=SignupState.WAITING).order_by("number")
    moved = places_of(event).move_up(waiting.values_list("pk", "audience"))
    if not moved:
        return []
    now = clock.now()
    event.signups.filter(pk__in=moved).update(state=SignupState.CONFIRMED, confirmed_at=now, is_promoted=True)
    rows = list(event.signups.filter(pk__in=moved).select_related("organisation").order_by("number"))
    notify_many(
        kind="events.signup.promoted",
        messages=[
            Message(row.organisation, f"候补转正：{row.person_name}可参加“{event.title}”", "", event.get_absolute_url())
            for row in rows
            if row.organisation is not None
        ],
    )
    announce("events.signup.promoted", event, signup_ids=moved)
    return rows
