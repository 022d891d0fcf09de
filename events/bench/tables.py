"""Speed of the table plan at the size of a provincial meeting."""

from collections.abc import Iterator
from random import Random

from events.policy.tables import Pair, Person, Problem, Wish
from portal.bench import Row, benchmark, seconds

FIRMS, OWNERS, BANKS = 200, 300, 30
SLOTS, TABLES = 12, 100
FREE = 0.8
"""How many of the slots a party can come to."""
SEED = 370_000
_WISHES = (None, None, None, None, None, Wish.LIKE, Wish.LIKE, Wish.NO, Wish.MUST)


@benchmark("table_plan")
def table_plan() -> Iterator[Row]:
    """A plan of 200 firms with 300 patent owners and 30 banks over 12 slots, with a score for every pair."""
    from events.policy.seating import make_plan  # slow import: scipy

    problem = _problem()
    yield Row.measured("table_plan", seconds(lambda: make_plan(problem)), "s", at_most=20)


def _problem() -> Problem:
    chance = Random(SEED)
    guests = tuple(_person(chance, key) for key in range(FIRMS))
    hosts = tuple(_person(chance, FIRMS + key) for key in range(OWNERS + BANKS))
    pairs = tuple(
        Pair(guest.key, host.key, chance.randint(1, 100), chance.choice(_WISHES), None)
        for guest in guests
        for host in hosts
    )
    return Problem(guests, hosts, pairs, SLOTS, TABLES)


def _person(chance: Random, key: int) -> Person:
    return Person(key, frozenset(slot for slot in range(SLOTS) if chance.random() < FREE))
