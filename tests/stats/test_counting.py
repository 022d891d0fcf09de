"""Numbers from rows of the other apps: what counts, where, when, and what each number opens."""

import datetime as dt
from decimal import Decimal

import pytest

from events.services.training import bases
from portal import clock
from stats.enums.figures import RefreshKind
from stats.models import CountedRow, IndicatorValue
from stats.services import refresh
from tests.factories.accounts import province_user
from tests.factories.deals import paid
from tests.factories.training import recognised
from tests.stats.loans import loan

pytestmark = pytest.mark.django_db


def number(code, *, year, quarter=0, city="", split=""):
    return IndicatorValue.objects.get(code=code, year=year, quarter=quarter, city_code=city, split=split)


def test_loans_are_counted_by_city_quarter_and_year():
    loan("370100", "2025-02-03", "1000000.00")
    loan("371200", "2025-05-03", "500000.00")
    loan("370200", "2024-05-03", "250000.00")

    refresh(kind=RefreshKind.ALL)

    assert number("I11", year=2025).value == Decimal("1500000.00")
    assert number("I12", year=2025).value == 2
    assert number("I11", year=2025, quarter=1, city="370100").value == Decimal("1000000.00")
    assert number("I11", year=2025, quarter=2, city="370100").value == Decimal("500000.00")
    assert number("I11", year=2025).before == Decimal("250000.00")
    assert CountedRow.objects.get(kind="loan", amount=500000).area_code == "371200"
    assert number("I07", year=2025).value == 2


def test_deal_counts_patents_once_each_value_once_and_money_as_received():
    deal, *_ = paid("100000.00", count=2)
    refresh(kind=RefreshKind.ALL)

    year = clock.today().year
    found = {code: number(code, year=year).value for code in ("I01", "I02", "I03", "I04", "I06")}

    assert deal.items.count() == 2
    assert found["I01"] == 2
    assert found["I03"] == Decimal("100000.00")


def test_training_bases_are_counted_while_they_stand():
    recognised(name="一", recognised_on=dt.date(2022, 2, 1))
    closed, _ = recognised(name="二", recognised_on=dt.date(2024, 2, 1))
    recognised(name="三", recognised_on=dt.date(2025, 3, 1), city_code="370200")
    bases.revoke_base(base_id=closed.pk, by=province_user(), note="停办")

    refresh(kind=RefreshKind.ALL)

    # The first ran out in January 2025; what is revoked today stood until yesterday.
    assert [number("S09", year=year).value for year in (2022, 2023, 2024, 2025)] == [1, 1, 2, 2]
    assert number("S09", year=2025, city="370200").value == 1
    assert sorted(CountedRow.objects.filter(kind="base").values_list("name", "until")) == [
        ("一", dt.date(2025, 2, 1)),
        ("三", dt.date(2028, 3, 1)),
        ("二", clock.today()),
    ]
