"""Measurements of the statistics and of the processes that serve everybody; importing registers them."""

from stats.bench import memory, numbers

__all__ = ["memory", "numbers"]
