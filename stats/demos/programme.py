"""Collection, patent products, navigation projects, work plan and evaluation to look at."""

from portal.accounts.demo import Cast
from stats.demos.products import load_products


def load_programme(*, cast: Cast, seed: int) -> None:
    """Add the demonstration's content of this part; called once, last."""
    load_products(cast, seed)
