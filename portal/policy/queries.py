"""Which versions stood at a date."""

import datetime as dt

from django.db.models import Q, QuerySet

from portal.policy.models import RuleState, RuleVersion


def in_force_on(kind: str, day: dt.date) -> QuerySet[RuleVersion]:
    """The versions of a kind in force on `day`, the newest first.

    `day` is the date that the policy itself names (`chosen_by`), never today by default.
    """
    return RuleVersion.objects.filter(
        Q(in_force_to__isnull=True) | Q(in_force_to__gt=day),
        kind=kind,
        state=RuleState.IN_FORCE,
        in_force_from__lte=day,
    ).order_by("-in_force_from", "-id")
