"""Verbs of needs: the firm's and the reviewer's (`demands`), the matcher's (`matching`)."""

from demand.services.demands import (
    close_demand,
    create_demand,
    publish_demand,
    return_demand,
    submit_demand,
    update_demand,
)
from demand.services.matching import match_demand, match_waiting, rematch_published

__all__ = [
    "close_demand",
    "create_demand",
    "match_demand",
    "match_waiting",
    "publish_demand",
    "rematch_published",
    "return_demand",
    "submit_demand",
    "update_demand",
]
