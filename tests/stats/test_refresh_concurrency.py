"""Two refreshes at once: the second waits, and both together leave what one leaves."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from stats.enums.figures import RefreshKind
from stats.models import CountedRow, IndicatorValue, RefreshRun
from stats.services import refresh
from tests.factories.policy import load_shipped
from tests.stats.loans import loan

FIELDS = ("code", "year", "quarter", "city_code", "split", "value", "flagged", "before", "as_of")


def stored():
    return list(IndicatorValue.objects.order_by(*FIELDS[:5]).values_list(*FIELDS))


def _refresh(_):
    try:
        return refresh(kind=RefreshKind.ALL).pk
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_refreshes_at_once_give_the_same():
    load_shipped()
    loan("370100", "2025-02-03", "1000000.00")
    loan("370200", "2024-05-03", "250000.00")

    with ThreadPoolExecutor(2) as pool:
        runs = set(pool.map(_refresh, range(2)))

    together, rows = stored(), CountedRow.objects.count()
    refresh(kind=RefreshKind.ALL)
    assert len(runs) == 2
    assert RefreshRun.objects.count() == 3
    assert (stored(), CountedRow.objects.count()) == (together, rows)
    assert IndicatorValue.objects.get(code="I11", year=2025, quarter=0, city_code="", split="").value == 1000000
