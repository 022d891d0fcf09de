"""Which measurements there are, and what one says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

Measurement = Callable[[], Iterator["Row"]]
_measurements: dict[Measurement, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure with its goal."""

    name: str
    value: float
    unit: str
    reference: float | None
    """The same work by the reference, in the same unit."""
    ratio: float | None
    """value / reference."""
    goal: str
    met: bool

    @classmethod
    def measured(
        cls,
        name: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        reference: float | None = None,
        ratio_at_most: float | None = None,
    ) -> Self:
        """A figure that must not be above `at_most`, nor above `ratio_at_most` times the reference.

        A ratio goal without a reference is not met.
        """
        ratio = value / reference if reference else None
        goals = []
        if at_most is not None:
            goals.append(f"<= {at_most:g} {unit}")
        if ratio_at_most is not None:
            goals.append(f"<= {ratio_at_most:g} x")
        fast_enough = at_most is None or value <= at_most
        near_enough = ratio_at_most is None or (ratio is not None and ratio <= ratio_at_most)
        return cls(name, value, unit, reference, ratio, ", ".join(goals), fast_enough and near_enough)


def benchmark(*names: str) -> Callable[[Measurement], Measurement]:
    """Register a function that yields the rows named."""

    def register(function: Measurement) -> Measurement:
        _measurements[function] = names
        return function

    return register


def selected(only: str = "") -> list[Measurement]:
    """All measurements in the order of the apps, or those that yield the row `only`.

    Raises:
        LookupError: no row has that name.
    """
    found = [function for function, names in _measurements.items() if not only or only in names]
    if not found and only:
        known = sorted(name for names in _measurements.values() for name in names)
        raise LookupError(f"no row {only!r}; there are {', '.join(known) or 'none'}")
    return found
