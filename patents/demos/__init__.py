"""The programme's part of the demonstration, a file per part."""

from patents.demos.bodies import load_bodies
from patents.demos.cultivation import load_cultivation
from patents.demos.evaluation import load_evaluations
from patents.demos.licences import load_open_licences
from patents.demos.prefiling import load_prefiling
from patents.demos.recognition import load_recognitions
from patents.demos.reform import load_reforms
from patents.demos.search import load_search
from patents.demos.window import load_window
from portal.accounts.demo import Cast


def load_programme(*, cast: Cast, seed: int) -> None:
    """Make rows for each page of the programme; the pool must be there."""
    load_window(cast)
    load_open_licences(cast=cast, seed=seed)
    load_cultivation(cast, seed)
    load_recognitions(cast)
    load_prefiling(cast, seed)
    load_reforms(cast)
    load_bodies(cast)
    load_evaluations(cast=cast, seed=seed)
    load_search()


__all__ = ["load_programme"]
