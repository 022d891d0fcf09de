"""Made-up table plans, and their best value found by looking at every plan there is."""

from itertools import product
from random import Random

import numpy as np

from events.policy.tables import Pair, Person, Problem, Wish, value_of

HOST = 1000
"""Hosts' keys begin here, so that no test takes one for a guest."""


def made_up(seed, *, size=(6, 6, 3), tables=6, free=1.0, known=1.0):
    """A plan's facts: `free` is how often a party can come, `known` how many pairs have a match or a wish."""
    chance = Random(seed)
    guests, hosts, slots = size

    def person(key):
        return Person(key, frozenset(slot for slot in range(slots) if chance.random() < free))

    def wish(*choices):
        return chance.choice([None, None, None, *choices])

    pairs = tuple(
        Pair(guest, HOST + host, chance.randint(1, 100), wish(Wish.LIKE, Wish.NO), wish(Wish.MUST, Wish.NO))
        for guest, host in product(range(guests), range(hosts))
        if chance.random() < known
    )
    return Problem(
        tuple(map(person, range(guests))), tuple(person(HOST + host) for host in range(hosts)), pairs, slots, tables
    )


def best_of_all(problem):
    """The most points of any plan. Every set of hosts met so far in every slot is looked at, guest after guest."""
    hosts, slots = len(problem.hosts), problem.slot_count
    best = np.full((2,) * (hosts * slots), -1, dtype=np.int64)
    best[(0,) * (hosts * slots)] = 0
    for guest in problem.guests:
        after = best.copy()
        for choice in product(range(-1, hosts), repeat=slots):
            worth = _worth(problem, guest, choice)
            if worth <= 0:
                continue
            before, then = ([slice(None)] * (hosts * slots) for _ in range(2))
            for slot, host in enumerate(choice):
                if host >= 0:
                    before[slot * hosts + host], then[slot * hosts + host] = 0, 1
            known = best[tuple(before)]
            view = after[tuple(then)]
            np.maximum(view, np.where(known >= 0, known + worth, -1), out=view)
        best = after
    flat = best.reshape((2**hosts,) * slots)
    seats = np.array([mask.bit_count() <= problem.table_count for mask in range(2**hosts)])
    for axis in range(slots):
        flat = flat.compress(seats, axis=axis)
    return int(flat.max())


def _worth(problem, guest, choice):
    """What the guest's choice of a host per slot is worth; 0 for one that cannot be."""
    met = [(slot, problem.hosts[host]) for slot, host in enumerate(choice) if host >= 0]
    if len({host.key for _, host in met}) < len(met):
        return 0
    total = 0
    for slot, host in met:
        pair = problem.pair_of.get((guest.key, host.key))
        worth = value_of(pair, problem.weights) if pair else 0
        if not worth or slot not in guest.slots or slot not in host.slots:
            return 0
        total += worth
    return total
