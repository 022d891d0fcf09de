"""Rule versions of events and training that ship with the portal."""

from pathlib import Path
from typing import Any

from portal.policy.loading import load_versions

RULES = Path(__file__).resolve().parent / "rules"


def load_rules(rule_model: Any) -> tuple[int, int]:
    """Put all shipped versions in force; returns how many were added and how many stood already."""
    counts = [load_versions(path, rule_model) for path in sorted(RULES.glob("*.json"))]
    return sum(added for added, _ in counts), sum(standing for _, standing in counts)
