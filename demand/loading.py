"""Rule versions of needs that ship with the portal, and the operator's list of industries."""

import csv
from pathlib import Path
from typing import Any

from portal.errors import Invalid
from portal.policy.loading import load_versions

RULES = Path(__file__).resolve().parent / "rules"
COLUMNS = {"code", "name", "parent", "level"}


def load_rules(rule_model: Any) -> tuple[int, int]:
    """Put the shipped versions in force; returns how many were added and how many stood."""
    return load_versions(RULES / "needs.json", rule_model)


def load_industries(path: Path, model: Any) -> int:
    """Take a list of GB/T 4754 (code, name, parent, level) in place of the present one; returns its length.

    Raises:
        Invalid: the file is no such list; nothing was written.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Invalid(f"无法读取 {path}：{error}") from error
    if not rows or not set(rows[0]) >= COLUMNS:
        raise Invalid(f"{path}：应有列 code、name、parent、level，且至少一行。")
    places = {}
    for number, row in enumerate(rows, start=2):
        if not row["code"] or not row["name"] or not (row["level"] or "").isdigit():
            raise Invalid(f"{path} 第 {number} 行：代码、名称、层级须填写完整。")
        places[row["code"]] = model(
            code=row["code"], name=row["name"], parent_code=row["parent"] or "", level=int(row["level"])
        )
    model.objects.exclude(pk__in=places).delete()
    model.objects.bulk_create(
        places.values(), update_conflicts=True, unique_fields=["code"], update_fields=["name", "parent_code", "level"]
    )
    return len(places)
