"""What this process read of the index last."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")
_ENTRY_BYTES = 300
"""About what an entry takes beside its content."""


class Recent(Generic[Value]):
    """The entries used last, up to about `limit` bytes: two generations, the elder of which is dropped as a whole.

    A key must name one content for ever (the index's name the version of their block), so nothing is ever taken out
    for being out of date. Threads may share it: at worst an entry is forgotten early.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit // 2
        self._young: dict[Hashable, tuple[Value, int]] = {}
        self._elder: dict[Hashable, tuple[Value, int]] = {}
        self._size = 0

    def get(self, key: Hashable) -> Value | None:
        """What was put under the key, unless it was forgotten; used again, it stays longer."""
        found = self._young.get(key)
        if found is None:
            found = self._elder.get(key)
            if found is None:
                return None
            self.put(key, *found)
        return found[0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of about `size` bytes."""
        self._size += size + _ENTRY_BYTES
        if self._size > self._limit:
            self._elder, self._young, self._size = self._young, {}, size + _ENTRY_BYTES
        self._young[key] = (value, size)
