"""Who gets a place and who waits. Pure.

The waiting list moves up in the order of coming. Who waits for a group whose places are all taken is passed over until
one of that group's places is free again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Places:
    """The places of one event: `capacity` of all (None: no limit), `quotas` by group, `taken` by group."""

    capacity: int | None
    quotas: Mapping[str, int] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)

    def has_room(self, group: str) -> bool:
        """Whether one more of the group fits."""
        if self.capacity is not None and self.taken.total() >= self.capacity:
            return False
        return group not in self.quotas or self.taken[group] < self.quotas[group]

    def take(self, group: str) -> bool:
        """Take a place for one of the group; False when there is none."""
        if not self.has_room(group):
            return False
        self.taken[group] += 1
        return True

    def move_up(self, waiting: Iterable[tuple[int, str]]) -> list[int]:
        """Give the free places to who waits, as (key, group) in the order of coming; returns the keys that got one."""
        return [key for key, group in waiting if self.take(group)]

    @property
    def left(self) -> int | None:
        """Places that nobody has; None where there is no limit."""
        return None if self.capacity is None else max(self.capacity - self.taken.total(), 0)
