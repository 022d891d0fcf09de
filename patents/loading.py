"""Rule versions of the programme that ship with the portal."""

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from portal.policy.loading import load_versions

RULES = Path(__file__).resolve().parent / "rules"


def load_rules(rule_model: Any) -> tuple[int, int]:
    """Put the shipped versions in force; returns how many were added and stood."""
    counts = [load_versions(path, rule_model) for path in sorted(RULES.glob("*.json"))]
    return sum(added for added, _ in counts), sum(standing for _, standing in counts)


def load_drafts(rule_model: Any) -> int:
    """Keep the shipped drafts: versions whose content somebody must enter; returns how many were added."""
    added = 0
    for path in sorted((RULES / "drafts").glob("*.json")):
        for version in json.loads(path.read_text(encoding="utf-8")):
            _, is_new = rule_model.objects.get_or_create(code=version["code"], defaults={**version, "state": "draft"})
            added += is_new
    return added


def load_coarse_industries(table_model: Any, row_model: Any) -> None:
    """Keep the portal's own coarse mapping of IPC places to strategic emerging industries, once; it is unconfirmed."""
    if table_model.objects.filter(is_own=True).exists():
        return
    text = (RULES / "coarse_ipc_to_sei.csv").read_bytes()
    rows = list(csv.reader(text.decode().splitlines()))[1:]
    table = table_model.objects.create(
        kind="ipc_sei",
        version="平台粗略对应",
        is_own=True,
        is_current=True,
        row_count=len(rows),
        sha256=sha256(text).hexdigest(),
    )
    row_model.objects.bulk_create(row_model(table=table, place=place, code=code) for place, code in rows)
