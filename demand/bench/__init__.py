"""Speed of matching: one need, and all of them."""

from demand.bench.all_needs import match_all
from demand.bench.one_need import match_60k, match_600k
from demand.bench.pool import POOL_SIZE

__all__ = ["POOL_SIZE", "match_60k", "match_600k", "match_all"]
