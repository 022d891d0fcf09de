import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import regions
from stats.periods import Period
from stats.queries.pledge import Figure, figure_of, growth, in_city, pledge_by_city, pledge_loans
from tests.stats.loans import loan

YEAR = Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31), "2025 年")


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [("3", "2", "0.5"), ("1", "2", "-0.5"), ("2", "2", "0"), ("0", "2", "-1"), ("2", "0", None), ("0", "0", None)],
)
def test_growth(now, before, expected):
    assert growth(Decimal(now), Decimal(before)) == (None if expected is None else Decimal(expected))


@given(st.decimals("0.01", 10**12, places=2), st.decimals("0.01", 10**12, places=2))
def test_growth_leads_from_the_base_to_the_value(now, before):
    assert abs(before * (1 + growth(now, before)) - now) < Decimal("0.01")


@pytest.mark.django_db
def test_loans_count_by_the_day_they_were_drawn_in_the_city_of_the_project():
    loan("370100", "2025-01-01", "1000000.01")
    loan("370100", "2025-12-31", "2000000.02")
    loan("370100", "2024-12-31", "500000.00")
    loan("370100", "2026-01-01", "9000000.00")
    loan("370100", "2023-12-31", "9000000.00")
    loan("371700", "2025-06-30", "3000000.00")

    rows, total = pledge_by_city(YEAR)

    by_city = {row.city_code: row for row in rows}
    jinan, heze = by_city["370100"], by_city["371700"]
    assert list(by_city) == list(regions.CITIES)
    assert (jinan.now, jinan.before) == (Figure(2, Decimal("3000000.03")), Figure(1, Decimal("500000.00")))
    assert (jinan.count_growth, jinan.amount_growth) == (Decimal(1), Decimal("5.00000006"))
    assert (heze.now, heze.before, heze.amount_growth) == (Figure(1, Decimal("3000000.00")), Figure(), None)
    assert by_city["370200"].now == Figure()
    assert (total.now, total.before) == (Figure(3, Decimal("6000000.03")), Figure(1, Decimal("500000.00")))


@pytest.mark.django_db
def test_laiwu_and_districts_count_with_their_city_and_a_provincial_body_apart():
    for code in ("370100", "371200", "371202", "370102", "370000"):
        loan(code, "2025-05-05", "100.00")

    rows, total = pledge_by_city(YEAR)

    opened = {row.city_code: figure_of(in_city(pledge_loans(YEAR), row.city_code)) for row in rows}
    assert opened == {row.city_code: row.now for row in rows}
    assert (opened["370100"], opened["370000"]) == (Figure(4, Decimal("400.00")), Figure(1, Decimal("100.00")))
    assert total.now == figure_of(pledge_loans(YEAR)) == Figure(5, Decimal("500.00"))


@pytest.mark.django_db
@pytest.mark.parametrize("loans", [1, 3])
def test_table_is_one_query(django_assert_num_queries, loans):
    for city in list(regions.CITIES)[:loans]:
        loan(city, "2025-05-05", "100.00")

    with django_assert_num_queries(1):
        _, total = pledge_by_city(YEAR)

    assert total.now.count == loans
