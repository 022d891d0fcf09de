"""Speed and memory of the portal, each with its goal and, where there is one, a reference measured in the same run.

An app contributes rows from its module `bench`:

    @benchmark("match_60k")
    def match_60k() -> Iterator[Row]:
        yield Row.timed("match_60k", milliseconds, at_most=150)
"""

from portal.bench.registry import Row, benchmark, selected
from portal.bench.timing import percentile, seconds

__all__ = ["Row", "benchmark", "percentile", "seconds", "selected"]
