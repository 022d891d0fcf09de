"""The technical field of a need, read off the classes of the patents whose words and meaning fit best. Pure."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

FIELD_DEPTH = 10

_IPC_SUBCLASS = re.compile(r"[A-H]\d\d[A-Z]")


@lru_cache(maxsize=10_000)
def subclass(main_class: str) -> str:
    """The IPC subclass, e.g. B01D; empty for Locarno classes and anything else."""
    found = _IPC_SUBCLASS.match(main_class.replace(" ", "").upper())
    return found.group() if found else ""


def field_shares(ranked: Sequence[tuple[int, float]], main_classes: Mapping[int, str]) -> dict[int, float]:
    """For each patent the share of its subclass among the best (by their scores, which come best first)."""
    fields = {patent: subclass(main_classes.get(patent, "")) for patent, _ in ranked}
    weights: defaultdict[str, float] = defaultdict(float)
    for patent, score in ranked[:FIELD_DEPTH]:
        if fields[patent]:
            weights[fields[patent]] += score
    whole = sum(weights.values())
    if not whole:
        return {}
    return {patent: weights[name] / whole for patent, name in fields.items() if weights.get(name)}
