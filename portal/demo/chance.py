"""Chance that is the same for the same seed and topic, whatever else is drawn."""

from random import Random


def stream(seed: int, topic: str) -> Random:
    """Random numbers of their own for one topic."""
    return Random(f"{topic}-{seed}")
