"""Figures that changed so much since the last period that somebody must confirm them."""

from decimal import Decimal

FACTOR = 10
"""A figure ten times the last period's, or a tenth of it, is asked to be confirmed (issue 8; own default)."""


def is_jump(now: Decimal | int, before: Decimal | int | None, *, factor: int = FACTOR) -> bool:
    """Whether `now` is at least `factor` times `before`, or at most its `factor`-th part.

    Without a figure before, or over one of zero, nothing can be said: growth from nothing is no jump. A figure that
    fell to zero is one. Signs do not matter: a profit that became a loss of the same size is no jump.
    """
    if not before:
        return False
    size, size_before = abs(Decimal(now)), abs(Decimal(before))
    return size >= size_before * factor or size * factor <= size_before
