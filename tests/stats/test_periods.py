import datetime as dt

import pytest

from portal import clock
from portal.errors import Invalid
from stats.periods import period_of

TODAY = dt.datetime(2026, 8, 14, 9, tzinfo=clock.SHANGHAI)
LEAP_DAY = dt.datetime(2028, 2, 29, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: TODAY)


@pytest.mark.parametrize(
    ("year", "quarter", "days", "days_before", "label"),
    [
        (2025, "", ((2025, 1, 1), (2025, 12, 31)), ((2024, 1, 1), (2024, 12, 31)), "2025 年"),
        (2025, "1", ((2025, 1, 1), (2025, 3, 31)), ((2024, 1, 1), (2024, 3, 31)), "2025 年第一季度"),
        (2025, "4", ((2025, 10, 1), (2025, 12, 31)), ((2024, 10, 1), (2024, 12, 31)), "2025 年第四季度"),
        (2026, "2", ((2026, 4, 1), (2026, 6, 30)), ((2025, 4, 1), (2025, 6, 30)), "2026 年第二季度"),
        (2026, "3", ((2026, 7, 1), (2026, 8, 14)), ((2025, 7, 1), (2025, 8, 14)), "2026 年第三季度"),
        (2026, "", ((2026, 1, 1), (2026, 8, 14)), ((2025, 1, 1), (2025, 8, 14)), "2026 年"),
        (2020, "", ((2020, 1, 1), (2020, 12, 31)), ((2019, 1, 1), (2019, 12, 31)), "2020 年"),
    ],
)
def test_period_and_the_year_before(year, quarter, days, days_before, label):
    period = period_of(year, quarter)

    before = period.year_before
    assert (period.first, period.last) == tuple(dt.date(*day) for day in days)
    assert (before.first, before.last) == tuple(dt.date(*day) for day in days_before)
    assert period.label == label


def test_leap_day_is_compared_with_the_day_before_it(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LEAP_DAY)

    assert period_of(2028).year_before.last == dt.date(2027, 2, 28)


@pytest.mark.parametrize(
    ("year", "quarter", "field", "words"),
    [
        (2019, "", "year", "年份应在 2020 至 2026 之间。"),
        (2027, "", "year", "年份应在 2020 至 2026 之间。"),
        (2026, "5", "quarter", "季度应为 1 至 4，或不填写。"),
        (2026, "4", "quarter", "2026 年第四季度尚未开始。"),
    ],
)
def test_period_refuses(year, quarter, field, words):
    with pytest.raises(Invalid) as refusal:
        period_of(year, quarter)

    assert (refusal.value.field, refusal.value.message) == (field, words)
