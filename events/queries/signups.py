"""Sign-ups as pages show them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from events.enums import Audience, SignupState
from events.models import Event, Feedback, Signup

DOOR_LIMIT = 20
SHORTEST_SEARCH = 2


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many have a place, wait, and have come; `left` is None without a limit."""

    confirmed: int
    waiting: int
    present: int
    walk_ins: int
    left: int | None


def attendance_of(event: Event) -> Attendance:
    """The event's counts. One query."""
    found = event.signups.aggregate(
        confirmed=Count("pk", filter=Q(state=SignupState.CONFIRMED)),
        waiting=Count("pk", filter=Q(state=SignupState.WAITING)),
        present=Count("pk", filter=Q(checked_in_at__isnull=False)),
        walk_ins=Count("pk", filter=Q(is_walk_in=True)),
    )
    left = None if event.capacity is None else max(event.capacity - found["confirmed"], 0)
    return Attendance(left=left, **found)


def quotas_of(event: Event) -> dict[str, int | None]:
    """The limit of each group, None where it has none."""
    known = dict(event.quotas.values_list("audience", "places"))
    return {audience: known.get(audience) for audience in Audience.values}


def own_signups(user: Any) -> QuerySet[Signup]:
    """The people that the user's organisation sends, the newest first."""
    rows = Signup.objects.filter(organisation_id=user.organisation_id, organisation__isnull=False)
    return rows.select_related("event").order_by("-id")


def at_the_door(event: Event, text: str) -> list[Signup]:
    """Who may be meant by a name, an organisation or the last figures of a telephone number; at most DOOR_LIMIT.

    Shorter than SHORTEST_SEARCH finds nobody, so that nobody reads the whole list at the door.
    """
    words = text.strip()
    if len(words) < SHORTEST_SEARCH:
        return []
    named = Q(person_name__icontains=words) | Q(organisation_name__icontains=words) | Q(person_phone__endswith=words)
    return list(event.signups.standing().filter(named).order_by("person_name", "number")[:DOOR_LIMIT])


def feedback_of(event: Event) -> dict[str, Any]:
    """Averages to one place, how many answered and how many found a partner. One query."""
    return Feedback.objects.filter(signup__event=event).aggregate(
        count=Count("pk"),
        content=Avg("content_rating"),
        service=Avg("service_rating"),
        met=Count("pk", filter=Q(met_partner=True)),
    )
