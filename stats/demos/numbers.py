"""Figures, history and bulletins to look at."""

from portal.accounts.demo import Cast


def load_numbers(*, cast: Cast, seed: int) -> None:
    """Add the demonstration's content of this part; called once, last."""
