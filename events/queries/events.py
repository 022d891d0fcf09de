"""The public calendar's rows."""

from typing import Any

from events.models import Event, EventQuerySet
from portal import clock


def events_for(user: Any, *, is_past: bool, city_code: str = "", kind: str = "") -> EventQuerySet:
    """The events that `user` may see: to come, the nearest first; or over, the latest first."""
    now = clock.now()
    rows = Event.objects.visible_to(user)
    rows = rows.filter(ends_at__lte=now) if is_past else rows.filter(ends_at__gt=now)
    if city_code:
        rows = rows.filter(city_code=city_code)
    if kind:
        rows = rows.filter(kind=kind)
    order = ("-starts_at", "-id") if is_past else ("starts_at", "id")
    return rows.order_by(*order).select_related("organiser")
