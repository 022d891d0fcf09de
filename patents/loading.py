"""Rule versions of the programme that ship with the portal."""

from pathlib import Path
from typing import Any

from portal.policy.loading import load_versions

RULES = Path(__file__).resolve().parent / "rules"


def load_rules(rule_model: Any, *names: str) -> tuple[int, int]:
    """Put the shipped versions in force (of the files named, or of all); returns how many were added and stood."""
    paths = [RULES / f"{name}.json" for name in names] or sorted(RULES.glob("*.json"))
    counts = [load_versions(path, rule_model) for path in paths]
    return sum(added for added, _ in counts), sum(standing for _, standing in counts)
