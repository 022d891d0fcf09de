"""Slots cut out of an event."""

import datetime as dt

import pytest

from events.policy.slots import Span, cut_slots
from portal.errors import Invalid


def span(text):
    first, last = (dt.datetime.strptime(f"2026-12-04 {part} +0800", "%Y-%m-%d %H:%M %z") for part in text.split("-"))
    return Span(first, last)


@pytest.mark.parametrize(
    ("within", "minutes", "gap", "breaks", "slots"),
    [
        ("09:00-10:00", 20, 0, [], ["09:00-09:20", "09:20-09:40", "09:40-10:00"]),
        ("09:00-10:00", 20, 5, [], ["09:00-09:20", "09:25-09:45"]),
        ("09:00-10:30", 20, 0, ["09:30-09:45"], ["09:00-09:20", "09:45-10:05", "10:05-10:25"]),
        # Two breaks that overlap, one after the other.
        ("09:00-10:30", 20, 0, ["09:00-09:30", "09:25-09:50"], ["09:50-10:10", "10:10-10:30"]),
        # A slot may end when a break begins.
        ("09:00-10:00", 30, 10, ["09:30-09:40"], ["09:00-09:30"]),
    ],
)
def test_slots(within, minutes, gap, breaks, slots):
    found = cut_slots(span(within), minutes=minutes, gap=gap, breaks=[span(one) for one in breaks])

    assert found == [span(one) for one in slots]


@pytest.mark.parametrize(
    ("within", "given_values", "message"),
    [
        ("09:00-10:00", {"minutes": 0}, "每场洽谈至少 1 分钟。"),
        ("09:00-10:00", {"minutes": 20, "gap": -1}, "换桌时间不能为负数。"),
        ("09:00-10:00", {"minutes": 61}, "洽谈时间内排不下一个时段。"),
        ("09:00-20:00", {"minutes": 5}, "时段超过 60 个，请加长每场洽谈的时间。"),
        ("09:00-10:00", {"minutes": 20, "breaks": ["08:50-09:10"]}, "休息时间应在洽谈时间之内。"),
        ("09:00-10:00", {"minutes": 20, "breaks": ["09:10-09:10"]}, "休息的结束时间应晚于开始时间。"),
        ("09:00-10:00", {"minutes": 20, "breaks": ["09:00-10:00"]}, "洽谈时间内排不下一个时段。"),
    ],
)
def test_times_that_make_no_plan_are_refused(within, given_values, message):
    values = given_values | {"breaks": [span(one) for one in given_values.get("breaks", [])]}

    with pytest.raises(Invalid) as refusal:
        cut_slots(span(within), **values)

    assert refusal.value.message == message
