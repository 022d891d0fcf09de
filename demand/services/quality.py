"""Computing the board of quality."""

import datetime as dt

from django.db import connection, transaction

from demand.models import QualityWeek
from demand.policy.quality import count_needs
from demand.queries.quality import WEEK, facts_at_end, monday_of, section_of
from portal import clock
from portal.errors import Invalid

_LOCK = 0x71776B
RECOMPUTED = 2
"""Weeks that each run computes: the one that ended, and the one before, for contacts entered late."""


@transaction.atomic
def compute_week(*, monday: dt.date) -> int:
    """Compute a week's rows anew from the needs' own dates, in place of the stored ones; returns how many.

    Twice, or at the same time, it gives the same rows.

    Raises:
        Invalid: not a Monday, or the week is not over.
    """
    if monday.weekday() != 0 or monday + WEEK > clock.today():
        raise Invalid("只能计算已结束的一周，以周一表示。", field="monday")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    facts = (((need.city_code, section_of(need)), known) for need, known in facts_at_end(monday))
    rows = [
        QualityWeek(
            monday=monday,
            city_code=city_code,
            industry=industry,
            published_count=counts.published,
            contacted_count=counts.contacted,
            good_match_count=counts.good_match,
            gap_count=counts.gap,
            contact_days=sorted(counts.contact_days),
        )
        for (city_code, industry), counts in sorted(count_needs(facts).items())
    ]
    QualityWeek.objects.filter(monday=monday).delete()
    QualityWeek.objects.bulk_create(rows)
    return len(rows)


def compute_last_weeks(*, count: int = RECOMPUTED) -> int:
    """The weeks that ended last."""
    this = monday_of(clock.today())
    return sum(compute_week(monday=this - WEEK * back) for back in range(1, count + 1))
