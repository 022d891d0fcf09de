"""The table plan: what always holds, worked examples, and how near it comes to the best there is."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.policy.seating import make_plan
from events.policy.tables import (
    Meeting,
    Pair,
    Person,
    Pin,
    Problem,
    Reason,
    Unmet,
    Why,
    WhyNot,
    Wish,
)
from portal.errors import Invalid
from tests.events.policy.plans import HOST, best_of_all, made_up

ALL = frozenset({0, 1})
A, B, C = 1, 2, 3
U, V, W = 11, 12, 13


def facts(*pairs, guests=(A, B), hosts=(U, V), slots=2, tables=2, pins=(), free=None, most=None):
    free = free or {}
    return Problem(
        tuple(Person(key, free.get(key, frozenset(range(slots))), most) for key in guests),
        tuple(Person(key, free.get(key, frozenset(range(slots)))) for key in hosts),
        tuple(pairs), slots, tables, tuple(pins),
    )  # fmt: skip


def told(plan):
    """(guest, host, slot, table, points) of each meeting."""
    return [(one.guest, one.host, one.slot, one.table, one.value) for one in plan.meetings]


def test_each_meeting_says_why():
    plan = make_plan(facts(Pair(A, U, 80, Wish.LIKE, Wish.MUST), slots=1, pins=[Pin(B, V, 0)]))

    assert plan.meetings == (
        Meeting(B, V, 0, 0, 0, (Reason(Why.PINNED, 0),), is_pinned=True),
        Meeting(
            A, U, 0, 1, 1110, (Reason(Why.MATCH, 80), Reason(Why.GUEST_LIKES, 30), Reason(Why.HOST_MUST, 1000))
        ),
    )  # fmt: skip
    assert (plan.total, plan.bound, plan.unmet) == (1110, 1110, ())


@pytest.mark.parametrize(
    ("problem", "total"),
    [
        # One slot: 90 alone, or 80 and 70 together.
        (facts(Pair(A, U, 90), Pair(A, V, 80), Pair(B, U, 70), slots=1), 150),
        # One table: only the best pair of each slot.
        (facts(Pair(A, U, 90), Pair(A, V, 80), Pair(B, U, 70), tables=1), 170),
        # Two slots hold all three.
        (facts(Pair(A, U, 90), Pair(A, V, 80), Pair(B, U, 70)), 240),
        # The same pair is not met twice, however good.
        (facts(Pair(A, U, 90), guests=(A,), hosts=(U,)), 90),
        # One meeting each for guests.
        (facts(Pair(A, U, 90), Pair(A, V, 80), Pair(B, U, 70), most=1), 160),
        # A must pushes aside two good pairs.
        (facts(Pair(A, U, 100), Pair(B, V, 100), Pair(A, V, 1, Wish.MUST), slots=1), 1001),
        # A refusal of either side, and a conflict, whatever the score.
        (facts(Pair(A, U, 90, Wish.NO), Pair(B, V, 90, None, Wish.NO), Pair(A, V, 90, conflict="同一集团")), 0),
        (facts(Pair(A, U, 90, Wish.NO, Wish.MUST)), 0),
        # Free at different times.
        (facts(Pair(A, U, 90), Pair(B, U, 40), free={A: frozenset({0}), U: frozenset({1})}), 40),
        (facts(), 0),
        (facts(Pair(A, U, 90), hosts=()), 0),
    ],
)
def test_best_total(problem, total):
    assert make_plan(problem).total == total


def test_must_that_cannot_be_met_is_named_with_its_cause():
    pairs = (
        Pair(A, U, 10, Wish.MUST, Wish.NO),
        Pair(A, V, 10, Wish.MUST, conflict="诉讼"),
        Pair(A, W, 10, Wish.MUST),
        Pair(B, U, 10, Wish.MUST),
        Pair(B, V, 9, Wish.MUST),
    )

    plan = make_plan(
        facts(*pairs, hosts=(U, V, W), tables=1, slots=2, free={W: frozenset(), B: frozenset({1}), A: frozenset({0})})
    )

    assert told(plan) == [(B, U, 1, 0, 1010)]
    assert plan.unmet == (
        Unmet(A, U, WhyNot.REFUSED),
        Unmet(A, V, WhyNot.CONFLICT),
        Unmet(A, W, WhyNot.NEVER_FREE),
        Unmet(B, V, WhyNot.NO_ROOM),
    )


def test_host_keeps_its_table():
    pairs = [Pair(guest, host, 50) for guest in (A, B, C) for host in (U, V, W)]

    plan = make_plan(facts(*pairs, guests=(A, B, C), hosts=(U, V, W), slots=3, tables=5))

    tables = {(one.host, one.table) for one in plan.meetings}
    assert len(plan.meetings) == 9
    assert sorted(host for host, _ in tables) == [U, V, W]


def test_pinned_table_is_kept_and_taken_from_who_sat_there():
    pairs = [Pair(A, U, 50), Pair(B, V, 50), Pair(A, V, 40), Pair(B, U, 40)]

    plan = make_plan(facts(*pairs, pins=[Pin(A, V, 1, 0)]))

    at = {(one.host, one.slot): one.table for one in plan.meetings}
    assert told(plan)[-2:] == [(A, V, 1, 0, 40), (B, U, 1, 1, 40)]
    assert at[(V, 1)] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slot_count": 0}, "没有可以安排洽谈的时段。"),
        ({"table_count": 0}, "至少要有一张洽谈桌。"),
        ({"guests": (Person(A, ALL), Person(A, ALL))}, "客方重复。"),
        ({"pairs": (Pair(A, U), Pair(A, U, 3))}, "双方组合重复。"),
        ({"pairs": (Pair(A, U, 101),)}, "匹配得分应在 0 到 100 之间。"),
        ({"pins": (Pin(A, 99, 0),)}, "固定的洽谈中有未参加对接的一方。"),
        ({"pins": (Pin(A, U, 2),)}, "固定的洽谈不在活动的时段内。"),
        ({"pins": (Pin(A, U, 0, 7),)}, "固定的洽谈所在的桌号不存在。"),
        ({"pins": (Pin(A, U, 0), Pin(A, V, 0))}, "同一方在同一时段被固定了两次。"),
        ({"pins": (Pin(A, U, 0, 1), Pin(B, V, 0, 1))}, "同一张桌在同一时段被固定了两次。"),
        ({"pins": (Pin(A, U, 0), Pin(B, V, 0)), "table_count": 1}, "同一时段固定的洽谈多于洽谈桌。"),
        ({"pins": (Pin(A, U, 0), Pin(A, U, 1))}, "同一双方被固定了两次。"),
        (
            {"pins": (Pin(A, U, 0),), "guests": (Person(A, frozenset({1})),)},
            "固定的洽谈所在的时段，有一方不能参加。",
        ),
        (
            {"pins": (Pin(A, U, 0),), "pairs": (Pair(A, U, 5, Wish.NO),)},
            "固定的洽谈中有一方拒绝或者存在利益冲突。",
        ),
    ],
)  # fmt: skip
def test_contradictions_are_refused(change, message):
    with pytest.raises(Invalid) as refusal:
        make_plan(replace(facts(Pair(A, U, 10)), **change))

    assert refusal.value.message == message


@pytest.mark.parametrize(
    ("seed", "given_facts"),
    [
        (1, {}),
        (2, {"tables": 3}),
        (3, {"free": 0.7}),
        (4, {"free": 0.6, "tables": 4}),
        (5, {"known": 0.4}),
        (6, {"known": 0.4, "free": 0.6}),
        (7, {"known": 0.6, "tables": 2, "free": 0.8}),
        (8, {"known": 0.35, "free": 0.8, "tables": 5}),
    ],
)
def test_plan_of_six_by_six_in_three_slots_is_within_five_per_cent_of_the_best(seed, given_facts):
    problem = made_up(seed, **given_facts)

    plan, best = make_plan(problem), best_of_all(problem)

    assert plan.total >= 0.95 * best
    assert plan.total <= best <= plan.bound


problems = st.builds(
    made_up,
    st.integers(0, 10**6),
    size=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4)),
    tables=st.integers(1, 4),
    free=st.sampled_from([1.0, 0.7, 0.4]),
    known=st.sampled_from([1.0, 0.5]),
)


@settings(max_examples=40, deadline=None)
@given(problems, st.randoms(use_true_random=False))
def test_nobody_is_in_two_places_and_what_is_fixed_or_refused_stays(problem, chance):
    first = make_plan(problem)
    pins = tuple(
        Pin(one.guest, one.host, one.slot, one.table) for one in first.meetings if chance.random() < 0.4
    )  # fmt: skip

    plan = make_plan(replace(problem, pins=pins))

    for party in ("guest", "host", "table"):
        assert max(Counter((getattr(one, party), one.slot) for one in plan.meetings).values(), default=1) == 1
    assert max(Counter((one.guest, one.host) for one in plan.meetings).values(), default=1) == 1
    assert {(one.guest, one.host, one.slot, one.table) for one in plan.meetings if one.is_pinned} == {
        (pin.guest, pin.host, pin.slot, pin.table) for pin in pins
    }
    people = {one.key: one for one in (*problem.guests, *problem.hosts)}
    for one in plan.meetings:
        assert problem.pair_of[(one.guest, one.host)].is_open
        assert one.slot in people[one.guest].slots & people[one.host].slots
        assert 0 <= one.table < problem.table_count
    # What was pinned is a part of a plan that exists, so nothing is lost by pinning it.
    assert plan.total <= plan.bound <= first.bound


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1.0, 0.6]), st.integers(1, 3))
def test_small_plans_reach_the_best(seed, free, tables):
    problem = made_up(seed, size=(3, 3, 2), free=free, tables=tables)

    assert make_plan(problem).total >= 0.95 * best_of_all(problem)


def test_same_facts_give_the_same_plan():
    problem = made_up(HOST, size=(8, 7, 4), free=0.7)

    assert make_plan(problem) == make_plan(problem)
