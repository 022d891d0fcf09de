"""What waits for a report or a reminder."""

import datetime as dt

from django.db.models import QuerySet

from events.enums import EventState, ReportState
from events.models import Event, EventQuerySet, Signup

REMIND_BEFORE = dt.timedelta(hours=36)
"""A daily job at nine reminds of everything until the evening of the next day."""


def unreported(ended_before: dt.datetime, chased_before: dt.datetime) -> EventQuerySet:
    """Events that took place, ended before an instant, without report, not chased since the other instant."""
    rows = Event.objects.filter(state=EventState.PUBLISHED, ends_at__lte=ended_before)
    rows = rows.exclude(report__state=ReportState.FILED).exclude(report__chased_at__gt=chased_before)
    return rows.select_related("organiser").order_by("ends_at", "pk")


def to_remind(now: dt.datetime) -> QuerySet[Signup]:
    """Confirmed sign-ups of events that begin soon, not yet reminded."""
    rows = Signup.objects.confirmed().filter(
        reminded_at__isnull=True,
        event__state=EventState.PUBLISHED,
        event__starts_at__gt=now,
        event__starts_at__lte=now + REMIND_BEFORE,
    )
    return rows.select_related("event", "organisation").order_by("pk")
