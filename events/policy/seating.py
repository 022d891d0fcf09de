"""The best table plan by assignment. Loads scipy: import it only in a task, a command or a test.

Choosing the pairs alone, each party as often as it has free slots, is a transport problem that has an exact answer: it
is the upper bound of every plan, and where all are free in all slots a plan reaches it (bipartite graphs can be coloured
with as many colours as their largest degree). Slots are then filled one by one, each by an exact assignment that looks
first at who has little time left; after that slots are emptied and filled anew for as long as the total grows.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_matrix

from events.policy.tables import (
    Meeting,
    Pair,
    Person,
    Pin,
    Plan,
    Problem,
    Reason,
    Unmet,
    Why,
    WhyNot,
    check_problem,
    reasons_of,
    value_of,
)

Array = np.ndarray
EMPTY = -1
_WORK = 2_000_000
_TRIES = (2, 120)
"""Rounds of emptying and filling anew: fewer the larger the plan, so that the time stays bounded."""
_SEED = 20_261_130


def make_plan(problem: Problem) -> Plan:
    """The plan of the most points that was found; the same facts give the same plan.

    Nobody meets twice at once or the same party twice, pins are kept, and who refuses or conflicts never meets.

    Raises:
        Invalid: the facts contradict themselves (`check_problem`).
    """
    check_problem(problem)
    grid = _Grid.of(problem)
    bound, chosen = grid.best_pairs()
    best = grid.improve(grid.fill(chosen))
    if grid.worth(best) < bound:
        best = grid.shake(max(best, grid.improve(grid.fill(None)), key=grid.worth), bound)
    return Plan(_seated(problem, grid, best), _unmet(problem, grid, best), bound + grid.pinned_worth)


@dataclass(frozen=True)
class _Grid:
    """The problem as arrays. A filling is an array [slot, guest] of hosts' places, EMPTY for none; pins stand apart."""

    guests: tuple[int, ...]
    hosts: tuple[int, ...]
    worths: Array
    """[guest, host] in points, 0 where the two do not meet (any more)."""
    guest_free: Array
    host_free: Array
    guest_most: Array
    host_most: Array
    tables: Array
    """Free tables per slot."""
    pinned_worth: int

    @classmethod
    def of(cls, problem: Problem) -> "_Grid":
        guests = {one.key: place for place, one in enumerate(problem.guests)}
        hosts = {one.key: place for place, one in enumerate(problem.hosts)}
        worths = np.zeros((len(guests), len(hosts)), dtype=np.int64)
        for pair in problem.pairs:
            if pair.guest in guests and pair.host in hosts:
                worths[guests[pair.guest], hosts[pair.host]] = value_of(pair, problem.weights)
        guest_free, host_free = (_free(side, problem.slot_count) for side in (problem.guests, problem.hosts))
        guest_most, host_most = (_most(side, problem.slot_count) for side in (problem.guests, problem.hosts))
        tables = np.full(problem.slot_count, problem.table_count)
        pinned = 0
        for pin in problem.pins:
            guest, host = guests[pin.guest], hosts[pin.host]
            pinned += int(worths[guest, host])
            worths[guest, host] = 0
            guest_free[guest, pin.slot] = host_free[host, pin.slot] = False
            guest_most[guest] -= 1
            host_most[host] -= 1
            tables[pin.slot] -= 1
        guest_most = np.minimum(guest_most, guest_free.sum(axis=1)).clip(0)
        host_most = np.minimum(host_most, host_free.sum(axis=1)).clip(0)
        # Two that are never free at once cannot meet.
        worths *= (guest_free.astype(np.int64) @ host_free.T.astype(np.int64)) > 0
        return cls(tuple(guests), tuple(hosts), worths, guest_free, host_free, guest_most, host_most, tables, pinned)

    def worth(self, plan: Array) -> int:
        """The plan's points, without those of pins."""
        slots, guests = np.nonzero(plan != EMPTY)
        return int(self.worths[guests, plan[slots, guests]].sum())

    def best_pairs(self) -> tuple[int, Array]:
        """The upper bound in points, and the pairs that reach it: a transport problem, whose corners are whole."""
        guests, hosts = np.nonzero(self.worths)
        if not len(guests):
            return 0, np.zeros_like(self.worths, dtype=bool)
        count = len(guests)
        rows = np.concatenate([guests, len(self.guests) + hosts, np.full(count, len(self.guests) + len(self.hosts))])
        within = coo_matrix((np.ones(3 * count), (rows, np.tile(np.arange(count), 3))))
        limits = np.concatenate([self.guest_most, self.host_most, [self.tables.sum()]])
        points = self.worths[guests, hosts]
        answer = linprog(-points, A_ub=within.tocsr(), b_ub=limits, bounds=(0, 1), method="highs-ds")
        chosen = np.zeros_like(self.worths, dtype=bool)
        chosen[guests, hosts] = answer.x > 0.5  # noqa: PLR2004 (whole up to the solver's rounding)
        return round(-answer.fun), chosen

    def fill(self, chosen: Array | None) -> Array:
        """A plan from nothing; pairs in `chosen` first, those before all whose parties have no slot to spare."""
        plan = np.full((len(self.tables), len(self.guests)), EMPTY)
        for slot in self._scarcest_first():
            self._refill(plan, slot, chosen)
        return plan

    def improve(self, plan: Array) -> Array:
        """Fill each slot anew beside the others until none gets better. The total never falls."""
        stuck, slots = 0, self._scarcest_first()
        place = 0
        while stuck < len(slots):
            slot = slots[place % len(slots)]
            before = self._slot_worth(plan, slot)
            kept = plan[slot].copy()
            self._refill(plan, slot, None)
            if self._slot_worth(plan, slot) > before:
                stuck = 0
            else:
                plan[slot] = kept
                stuck += 1
            place += 1
        return plan

    def shake(self, plan: Array, bound: int) -> Array:
        """Empty a few slots, fill them with other eyes, improve; keep what is better. Ends early at the bound."""
        slot_count, size = len(self.tables), self.worths.size * len(self.tables)
        if slot_count == 1:
            return plan
        chance = np.random.default_rng(_SEED)
        best, best_worth = plan, self.worth(plan)
        for _ in range(int(np.clip(_WORK // max(size, 1), *_TRIES))):
            trial = best.copy()
            emptied = chance.permutation(slot_count)[: chance.integers(2, min(slot_count, 4) + 1)]
            trial[emptied] = EMPTY
            favour = chance.random(self.worths.shape) < 0.5  # noqa: PLR2004 (every second pair)
            for slot in emptied:
                self._refill(trial, slot, favour)
            trial = self.improve(trial)
            if (worth := self.worth(trial)) >= best_worth:
                best, best_worth = trial, worth
            if best_worth == bound:
                break
        return best

    def _scarcest_first(self) -> list[int]:
        free = np.minimum(np.minimum(self.guest_free.sum(axis=0), self.host_free.sum(axis=0)), self.tables)
        return [int(slot) for slot in np.argsort(free, kind="stable")]

    def _slot_worth(self, plan: Array, slot: int) -> int:
        guests = np.nonzero(plan[slot] != EMPTY)[0]
        return int(self.worths[guests, plan[slot, guests]].sum())

    def _refill(self, plan: Array, slot: int, chosen: Array | None) -> None:
        """Give the slot its best assignment beside what the other slots hold."""
        plan[slot] = EMPTY
        slots, guests = np.nonzero(plan != EMPTY)
        hosts = plan[slots, guests]
        left_guest = self.guest_most - np.bincount(guests, minlength=len(self.guests))
        left_host = self.host_most - np.bincount(hosts, minlength=len(self.hosts))
        worths = self.worths.astype(float)
        worths[guests, hosts] = 0
        worths[~self.guest_free[:, slot] | (left_guest <= 0), :] = 0
        worths[:, ~self.host_free[:, slot] | (left_host <= 0)] = 0
        if chosen is not None:
            worths = self._urgent(worths, chosen, plan, slot)
        for guest, host in _assign(worths, int(self.tables[slot])):
            plan[slot, guest] = host

    def _urgent(self, worths: Array, chosen: Array, plan: Array, slot: int) -> Array:
        """Chosen pairs first, and among them those whose parties have as many still to meet as slots left."""
        open_pairs = chosen & (worths > 0)
        todo = chosen.copy()
        slots, guests = np.nonzero(plan != EMPTY)
        todo[guests, plan[slots, guests]] = False
        is_left = (plan == EMPTY).all(axis=1)
        is_left[slot] = True
        guest_need = todo.sum(axis=1) / self.guest_free[:, is_left].sum(axis=1).clip(1)
        host_need = todo.sum(axis=0) / self.host_free[:, is_left].sum(axis=1).clip(1)
        need = guest_need.clip(0, 1)[:, None] ** 4 + host_need.clip(0, 1)[None, :] ** 4
        top = worths.max(initial=0)
        return np.where(open_pairs, worths + top * (1 + need), 0)


def _assign(worths: Array, tables: int) -> list[tuple[int, int]]:
    """The pairs of the most points with at most `tables` of them, exactly."""
    guests, hosts = (np.nonzero(worths.any(axis=axis))[0] for axis in (1, 0))
    tables = min(tables, len(guests), len(hosts))
    if tables <= 0:
        return []
    real = worths[np.ix_(guests, hosts)]
    if tables < min(real.shape):
        # Who gets no table sits with a stand-in: as many stand-ins as there are too many, so `tables` pairs are left.
        spare_guests, spare_hosts = len(guests) - tables, len(hosts) - tables
        padded = np.full((len(guests) + spare_hosts, len(hosts) + spare_guests), 0.0)
        padded[: len(guests), : len(hosts)] = real
        padded[len(guests) :, len(hosts) :] = -real.sum() - 1
        rows, columns = linear_sum_assignment(padded, maximize=True)
    else:
        rows, columns = linear_sum_assignment(real, maximize=True)
    return [
        (int(guests[row]), int(hosts[column]))
        for row, column in zip(rows, columns, strict=True)
        if row < len(guests) and column < len(hosts) and real[row, column] > 0
    ]


def _free(side: tuple[Person, ...], slot_count: int) -> Array:
    free = np.zeros((len(side), slot_count), dtype=bool)
    for place, one in enumerate(side):
        free[place, [slot for slot in one.slots if 0 <= slot < slot_count]] = True
    return free


def _most(side: tuple[Person, ...], slot_count: int) -> Array:
    return np.array([slot_count if one.most is None else one.most for one in side], dtype=np.int64)


def _seated(problem: Problem, grid: _Grid, plan: Array) -> tuple[Meeting, ...]:
    """The meetings by slot and table. A host keeps its table where it can, so that only guests walk."""
    pinned: dict[int, list[Pin]] = defaultdict(list)
    for pin in problem.pins:
        pinned[pin.slot].append(pin)
    meetings: list[Meeting] = []
    last: dict[int, int] = {}
    for slot in range(problem.slot_count):
        found = [(grid.guests[guest], grid.hosts[plan[slot, guest]]) for guest in np.nonzero(plan[slot] != EMPTY)[0]]
        tables = _tables(pinned[slot], [host for _, host in found], last, problem.table_count)
        meetings += [_meeting(problem, pin.guest, pin.host, slot, tables[pin.host], True) for pin in pinned[slot]]
        meetings += [_meeting(problem, guest, host, slot, tables[host], False) for guest, host in found]
        last |= tables
    return tuple(sorted(meetings, key=lambda one: (one.slot, one.table)))


def _tables(pins: list[Pin], hosts: list[int], last: dict[int, int], table_count: int) -> dict[int, int]:
    """The table of each host in one slot."""
    tables = {pin.host: pin.table for pin in pins if pin.table is not None}
    free = set(range(table_count)) - set(tables.values())
    waiting = []
    for host in [*(pin.host for pin in pins if pin.table is None), *hosts]:
        if last.get(host) in free:
            tables[host] = last[host]
            free.remove(last[host])
        else:
            waiting.append(host)
    # A table that nobody has sat at yet is taken before one that somebody may come back to.
    used = set(last.values())
    order = sorted(free, key=lambda table: (table in used, table))
    tables |= dict(zip(waiting, order, strict=False))
    return tables


def _meeting(problem: Problem, guest: int, host: int, slot: int, table: int, is_pinned: bool) -> Meeting:
    pair = problem.pair_of.get((guest, host), Pair(guest, host))
    reasons = reasons_of(pair, problem.weights)
    if is_pinned:
        reasons = (*reasons, Reason(Why.PINNED, 0))
    value = sum(reason.points for reason in reasons)
    return Meeting(guest, host, slot, table, value, reasons, is_pinned)


def _unmet(problem: Problem, grid: _Grid, plan: Array) -> tuple[Unmet, ...]:
    met = {(pin.guest, pin.host) for pin in problem.pins}
    slots, guests = np.nonzero(plan != EMPTY)
    met |= {(grid.guests[guest], grid.hosts[plan[slot, guest]]) for slot, guest in zip(slots, guests, strict=True)}
    slots_of = {one.key: one.slots for one in problem.guests}, {one.key: one.slots for one in problem.hosts}
    return tuple(
        Unmet(pair.guest, pair.host, _why_not(pair, slots_of))
        for pair in problem.pairs
        if pair.is_must and (pair.guest, pair.host) not in met
    )


def _why_not(pair: Pair, slots_of: tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]) -> WhyNot:
    if pair.conflict:
        return WhyNot.CONFLICT
    if not pair.is_open:
        return WhyNot.REFUSED
    if not slots_of[0].get(pair.guest, frozenset()) & slots_of[1].get(pair.host, frozenset()):
        return WhyNot.NEVER_FREE
    return WhyNot.NO_ROOM
