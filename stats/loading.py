"""What ships with the statistics: definitions, targets, limits, rules of the programme's own work, and the plan."""

import json
from pathlib import Path
from typing import Any

from portal.policy.loading import load_versions

HERE = Path(__file__).resolve().parent
RULES = HERE / "rules"
PLAN = HERE / "plan" / "items.json"


def load_rules(rule_model: Any) -> tuple[int, int]:
    """Put all shipped versions in force; returns how many were added and how many stood already."""
    counts = [load_versions(path, rule_model) for path in sorted(RULES.glob("*.json"))]
    return sum(added for added, _ in counts), sum(standing for _, standing in counts)


def load_plan(item_model: Any, measure_model: Any) -> tuple[int, int]:
    """Keep the plan's items and measures; returns how many of each were added. A second run changes nothing."""
    items = measures = 0
    for shipped in json.loads(PLAN.read_text(encoding="utf-8")):
        below = shipped.pop("measures")
        item, is_new = item_model.objects.get_or_create(code=shipped["code"], defaults=shipped)
        items += is_new
        for measure in below:
            _, is_new = measure_model.objects.get_or_create(code=measure["code"], defaults={**measure, "item": item})
            measures += is_new
    return items, measures
