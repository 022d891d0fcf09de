"""Rule versions that ship with the portal as JSON files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal.errors import Conflict

IN_FORCE = "in_force"


def load_versions(path: Path, model: Any) -> tuple[int, int]:
    """Put the versions of a file in force; returns how many were added and how many stood already.

    `model` is RuleVersion, or its historical form in a migration. A second run changes nothing.

    Raises:
        Conflict: a version stands with other content. It is frozen: give the change a code of its own.
    """
    shipped = json.loads(path.read_text(encoding="utf-8"))
    standing = {row.code: row for row in model.objects.filter(code__in=[version["code"] for version in shipped])}
    missing = [version for version in shipped if version["code"] not in standing]
    for version in shipped:
        if version["code"] in standing and _differs(standing[version["code"]], version):
            raise Conflict(f"规则版本 {version['code']} 已生效且内容不同，不能覆盖；请另立版本。", code="rule_differs")
    model.objects.bulk_create(model(**version, state=IN_FORCE) for version in missing)
    return len(missing), len(standing)


def _differs(row: Any, version: Mapping[str, Any]) -> bool:
    dates = {name: str(getattr(row, name) or "") for name in ("in_force_from", "in_force_to")}
    shipped_dates = {name: str(version.get(name) or "") for name in dates}
    return row.parameters != version["parameters"] or row.kind != version["kind"] or dates != shipped_dates
