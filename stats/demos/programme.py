"""Collection, patent products, navigation projects, work plan and evaluation to look at."""

from portal.accounts.demo import Cast
from stats.demos.collection import load_collections
from stats.demos.evaluation import load_evaluations
from stats.demos.navigation import load_navigation
from stats.demos.products import load_products
from stats.demos.workplan import load_workplan


def load_programme(*, cast: Cast, seed: int) -> None:
    """Add the demonstration's content of this part; called once, last."""
    load_products(cast, seed)
    load_workplan(cast)
    load_collections(cast, seed)
    load_navigation(cast, seed)
    load_evaluations(cast, seed)
