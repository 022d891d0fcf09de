"""The arithmetic of events: places, codes, two years, cost."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.policy.codes import code_of, key_of
from events.policy.following import cost_per, followed_until
from events.policy.places import Places
from portal.errors import Invalid

GROUPS = ("firm", "holder", "lender")


@pytest.mark.parametrize(
    ("capacity", "quotas", "taken", "waiting", "moved"),
    [
        (None, {}, {}, [(1, "firm"), (2, "firm")], [1, 2]),
        (2, {}, {"firm": 1}, [(1, "firm"), (2, "firm")], [1]),
        (2, {}, {"firm": 2}, [(1, "firm")], []),
        # The first waits for a group that is full: the second, of another group, moves up.
        (3, {"firm": 1}, {"firm": 1}, [(1, "firm"), (2, "holder"), (3, "holder"), (4, "holder")], [2, 3]),
        (None, {"lender": 0}, {}, [(1, "lender"), (2, "firm")], [2]),
    ],
)
def test_who_waits_moves_up_in_order(capacity, quotas, taken, waiting, moved):
    assert Places(capacity, quotas, Counter(taken)).move_up(waiting) == moved


@given(
    st.integers(0, 12),
    st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 6)),
    st.lists(st.sampled_from(GROUPS), max_size=30),
)
def test_no_place_is_given_twice_and_none_stays_empty(capacity, quotas, groups):
    places = Places(capacity, quotas)

    moved = places.move_up(list(enumerate(groups)))

    assert places.taken == Counter(groups[key] for key in moved)
    assert len(moved) <= capacity
    assert all(places.taken[group] <= limit for group, limit in quotas.items())
    assert moved == sorted(moved)
    left_out = [groups[key] for key in range(len(groups)) if key not in moved]
    assert not any(places.has_room(group) for group in left_out)


@pytest.mark.parametrize(("key", "code"), [(7, "HD00007H"), (123456, "HD123456K")])
def test_code_is_read_back(key, code):
    assert code_of(key) == code
    assert key_of(f" {code[:4].lower()} {code[4:]} ") == key


@given(st.integers(1, 10**9), st.data())
def test_a_slip_of_one_figure_or_two_neighbours_swapped_names_no_event(key, data):
    code = code_of(key)
    place = data.draw(st.integers(2, len(code) - 2))
    figure = data.draw(st.sampled_from([one for one in "0123456789" if one != code[place]]))
    slip = code[:place] + figure + code[place + 1 :]

    with pytest.raises(Invalid, match="校验不符"):
        key_of(slip)
    if place < len(code) - 2 and code[place] != code[place + 1]:
        with pytest.raises(Invalid, match="校验不符"):
            key_of(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@pytest.mark.parametrize("text", ["", "HD", "HD7", "XX00007H", "HD00007", "HD00007hh"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(Invalid) as refusal:
        key_of(text)

    assert refusal.value.field == "code"


@pytest.mark.parametrize(
    ("day", "until"),
    [(dt.date(2026, 3, 5), dt.date(2028, 3, 5)), (dt.date(2028, 2, 29), dt.date(2030, 2, 28))],
)
def test_outcomes_are_followed_for_two_years(day, until):
    assert followed_until(day) == until


@pytest.mark.parametrize(
    ("spent", "count", "cost"),
    [
        (Decimal("10000.00"), 3, Decimal("3333.33")),
        (Decimal("0.05"), 2, Decimal("0.03")),
        (Decimal("10000.00"), 0, None),
        (None, 3, None),
    ],
)
def test_cost_of_an_outcome(spent, count, cost):
    assert cost_per(spent, count) == cost
