"""Filters that several apps' lists share."""

import datetime as dt
from typing import Any

from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField

FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


class InstantField(IsoDateTimeField):
    """An instant in UTC: PostgreSQL refuses displacements that ISO 8601 lets pass."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found is None:
            return None
        try:
            return found.astimezone(dt.UTC)
        except OverflowError:  # beyond the first or the last instant there is
            return FIRST if found.year == 1 else LAST


class InstantFilter(filters.IsoDateTimeFilter):
    field_class = InstantField
