"""Who meets whom when: the facts of a table plan, and what each meeting is worth. Pure; the arithmetic is in `seating`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from portal.errors import Invalid


class Wish(StrEnum):
    """What one side wants of the other."""

    MUST = "must"
    LIKE = "like"
    NO = "no"


class Why(StrEnum):
    """What made a pair worth a table."""

    MATCH = "match"
    GUEST_LIKES = "guest_likes"
    HOST_LIKES = "host_likes"
    GUEST_MUST = "guest_must"
    HOST_MUST = "host_must"
    PINNED = "pinned"


class WhyNot(StrEnum):
    """Why a pair that somebody must see has no table."""

    REFUSED = "refused"
    CONFLICT = "conflict"
    NEVER_FREE = "never_free"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class Weights:
    """Points (the portal's own defaults). A match gives its score, 0 to 100.

    A must is worth more than any two pairs that it can push aside, so that it is met wherever there is room.
    """

    like: int = 30
    must: int = 1000


@dataclass(frozen=True, slots=True)
class Person:
    """One party. `slots` are those in which it can meet; `most` meetings at most, None for no limit of its own."""

    key: int
    slots: frozenset[int]
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """What is known of a guest and a host. `score` 0 to 100, 0 where no match is stored."""

    guest: int
    host: int
    score: int = 0
    guest_wish: Wish | None = None
    host_wish: Wish | None = None
    conflict: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the two may sit at one table: neither refuses, and no interests conflict."""
        return Wish.NO not in (self.guest_wish, self.host_wish) and not self.conflict

    @property
    def is_must(self) -> bool:
        return Wish.MUST in (self.guest_wish, self.host_wish)


@dataclass(frozen=True, slots=True)
class Pin:
    """A meeting that an official has fixed; `table` None leaves the table open."""

    guest: int
    host: int
    slot: int
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a pair's worth, in points."""

    code: Why
    points: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """A table for two. `value` is the sum of its reasons' points."""

    guest: int
    host: int
    slot: int
    table: int
    value: int
    reasons: tuple[Reason, ...]
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Unmet:
    """A pair that somebody must see and that has no table."""

    guest: int
    host: int
    why: WhyNot


@dataclass(frozen=True, slots=True)
class Plan:
    """The meetings by slot and table. No plan of these facts is worth more than `bound` points."""

    meetings: tuple[Meeting, ...]
    unmet: tuple[Unmet, ...]
    bound: int

    @property
    def total(self) -> int:
        return sum(meeting.value for meeting in self.meetings)


@dataclass(frozen=True)
class Problem:
    """Everything a plan is made of. Slots and tables are numbered from 0; breaks are no slots."""

    guests: tuple[Person, ...]
    hosts: tuple[Person, ...]
    pairs: tuple[Pair, ...]
    slot_count: int
    table_count: int
    pins: tuple[Pin, ...] = ()
    weights: Weights = field(default_factory=Weights)

    @cached_property
    def pair_of(self) -> Mapping[tuple[int, int], Pair]:
        return {(pair.guest, pair.host): pair for pair in self.pairs}


def reasons_of(pair: Pair, weights: Weights) -> tuple[Reason, ...]:
    """What the pair's worth is made of, the match first."""
    return tuple(_reasons(pair, weights))


def value_of(pair: Pair, weights: Weights) -> int:
    """The pair's worth in points; 0 where the two may not meet."""
    return sum(reason.points for reason in _reasons(pair, weights)) if pair.is_open else 0


def _reasons(pair: Pair, weights: Weights) -> Iterator[Reason]:
    if pair.score:
        yield Reason(Why.MATCH, pair.score)
    for wish, likes, must in (
        (pair.guest_wish, Why.GUEST_LIKES, Why.GUEST_MUST),
        (pair.host_wish, Why.HOST_LIKES, Why.HOST_MUST),
    ):
        if wish == Wish.LIKE:
            yield Reason(likes, weights.like)
        elif wish == Wish.MUST:
            yield Reason(must, weights.must)


def check_problem(problem: Problem) -> None:
    """Refuse facts that no plan can follow.

    Raises:
        Invalid: names the pin, slot or table at fault.
    """
    if problem.slot_count < 1:
        raise Invalid("没有可以安排洽谈的时段。", field="slots")
    if problem.table_count < 1:
        raise Invalid("至少要有一张洽谈桌。", field="tables")
    _require_once((one.key for one in problem.guests), "客方")
    _require_once((one.key for one in problem.hosts), "主方")
    _require_once(((pair.guest, pair.host) for pair in problem.pairs), "双方组合")
    if any(not 0 <= pair.score <= 100 for pair in problem.pairs):  # noqa: PLR2004 (a score is a percentage)
        raise Invalid("匹配得分应在 0 到 100 之间。", field="score")
    _check_pins(problem)


def _require_once(keys: Iterable[object], name: str) -> None:
    if _most_of(keys) > 1:
        raise Invalid(f"{name}重复。", field="parties")


def _check_pins(problem: Problem) -> None:
    guests = {one.key: one for one in problem.guests}
    hosts = {one.key: one for one in problem.hosts}
    for pin in problem.pins:
        if pin.guest not in guests or pin.host not in hosts:
            raise Invalid("固定的洽谈中有未参加对接的一方。", field="pins")
        _check_pin(problem, pin, guests[pin.guest], hosts[pin.host])
    _check_together(problem)


def _check_pin(problem: Problem, pin: Pin, guest: Person, host: Person) -> None:
    if not 0 <= pin.slot < problem.slot_count:
        raise Invalid("固定的洽谈不在活动的时段内。", field="pins")
    if pin.table is not None and not 0 <= pin.table < problem.table_count:
        raise Invalid("固定的洽谈所在的桌号不存在。", field="pins")
    pair = problem.pair_of.get((pin.guest, pin.host))
    if pair is not None and not pair.is_open:
        raise Invalid("固定的洽谈中有一方拒绝或者存在利益冲突。", field="pins")
    if pin.slot not in guest.slots & host.slots:
        raise Invalid("固定的洽谈所在的时段，有一方不能参加。", field="pins")


def _check_together(problem: Problem) -> None:
    """Whether the pins can stand side by side."""
    pins = problem.pins
    if _most_of((pin.guest, pin.slot) for pin in pins) > 1 or _most_of((pin.host, pin.slot) for pin in pins) > 1:
        raise Invalid("同一方在同一时段被固定了两次。", field="pins")
    if _most_of((pin.table, pin.slot) for pin in pins if pin.table is not None) > 1:
        raise Invalid("同一张桌在同一时段被固定了两次。", field="pins")
    if _most_of(pin.slot for pin in pins) > problem.table_count:
        raise Invalid("同一时段固定的洽谈多于洽谈桌。", field="pins")
    if _most_of((pin.guest, pin.host) for pin in pins) > 1:
        raise Invalid("同一双方被固定了两次。", field="pins")


def _most_of(keys: Iterable[object]) -> int:
    """How often the most frequent key occurs."""
    return max(Counter(keys).values(), default=0)
