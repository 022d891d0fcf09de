import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patents.policy.cultivation import (
    Applied,
    Candidate,
    Spread,
    conflicts,
    planned_instalments,
    spread,
    total_score,
)
from patents.queries.cultivation import end_of_validity
from portal.errors import Invalid

CRITERIA = [{"code": "plan", "label": "方案", "max": 40}, {"code": "team", "label": "团队", "max": 60}]
APPLIED = Applied(1, "岱麓工业大学", "方砚溪", "史澈川、唐屿岚", "甲院；乙公司")


@pytest.mark.parametrize(
    ("expert", "found"),
    [
        (Candidate("周洵岑", 2, "澄陵理工大学"), []),
        (Candidate("周洵岑", 1, "岱麓工业大学"), ["专家与申报单位是同一单位"]),
        (Candidate("周洵岑", 3, "乙公司"), ["专家所在单位是合作单位"]),
        (Candidate("唐屿岚", 2, "澄陵理工大学"), ["专家是申报团队成员"]),
        (Candidate("方砚溪", 3, "甲院"), ["专家所在单位是合作单位", "专家是申报团队成员"]),
        (Candidate("", 2, ""), []),
    ],
)
def test_conflicts_that_the_portal_can_see(expert, found):
    assert conflicts(expert, APPLIED) == found


def test_total_is_the_sum_of_whole_points():
    assert total_score(CRITERIA, {"plan": 40, "team": 0}) == 40


@pytest.mark.parametrize(
    ("scores", "field"),
    [
        ({"plan": 41, "team": 1}, "plan"),
        ({"plan": -1, "team": 1}, "plan"),
        ({"plan": 10}, "team"),
        ({"plan": 10, "team": True}, "team"),
        ({"plan": 10, "team": 5, "other": 1}, "other"),
    ],
)
def test_points_outside_a_criterion_are_refused(scores, field):
    with pytest.raises(Invalid) as refusal:
        total_score(CRITERIA, scores)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("totals", "expected", "width"),
    [
        ([], Spread(0, None, None, None), 0),
        ([80], Spread(1, Decimal("80.0"), 80, 80), 0),
        ([80, 61, 90], Spread(3, Decimal("77.0"), 61, 90), 29),
        ([80, 81, 81, 81], Spread(4, Decimal("80.8"), 80, 81), 1),  # 80.75, half up
    ],
)
def test_spread(totals, expected, width):
    found = spread(totals)

    assert (found, found.width) == (expected, width)


@given(st.integers(1, 30_000_000), st.sampled_from([["1"], ["0.5", "0.5"], ["0.3", "0.3", "0.4"], ["0.333", "0.667"]]))
def test_instalments_sum_to_the_grant(fen, shares):
    amount = Decimal(fen) / 100

    parts = planned_instalments(amount, shares)

    assert sum(parts) == amount
    assert len(parts) == len(shares)
    assert [part.as_tuple().exponent >= -2 for part in parts] == [True] * len(parts)


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (dt.date(2023, 6, 1), 3, dt.date(2026, 5, 31)),
        (dt.date(2024, 2, 29), 3, dt.date(2027, 2, 28)),
        (dt.date(2024, 1, 1), 1, dt.date(2024, 12, 31)),
    ],
)
def test_validity_ends_the_day_before_the_anniversary(start, years, end):
    assert end_of_validity(start, years) == end
