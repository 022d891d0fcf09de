"""Rule versions of the programme that ship with the portal."""

import json
from pathlib import Path
from typing import Any

from portal.policy.loading import load_versions

RULES = Path(__file__).resolve().parent / "rules"


def load_rules(rule_model: Any, *names: str) -> tuple[int, int]:
    """Put the shipped versions in force (of the files named, or of all); returns how many were added and stood."""
    paths = [RULES / f"{name}.json" for name in names] or sorted(RULES.glob("*.json"))
    counts = [load_versions(path, rule_model) for path in paths]
    return sum(added for added, _ in counts), sum(standing for _, standing in counts)


def load_drafts(rule_model: Any) -> int:
    """Keep the shipped drafts: versions whose content somebody must enter; returns how many were added."""
    added = 0
    for path in sorted((RULES / "drafts").glob("*.json")):
        for version in json.loads(path.read_text(encoding="utf-8")):
            _, is_new = rule_model.objects.get_or_create(code=version["code"], defaults={**version, "state": "draft"})
            added += is_new
    return added
