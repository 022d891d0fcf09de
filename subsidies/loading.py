"""Rule versions and reference rates that ship with the portal, put into the database."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.errors import Conflict, Invalid
from portal.policy.facts import Facts
from portal.policy.loading import load_versions
from subsidies.enums import RateSeries

HERE = Path(__file__).resolve().parent
RULES = sorted((HERE / "rules").glob("*.json"))
LPR = HERE / "rates" / "lpr_1y.json"


def load_rules(rule_model: Any) -> tuple[int, int]:
    """Put all shipped rule versions in force; returns how many were added and how many stood already."""
    counts = [load_versions(path, rule_model) for path in RULES]
    return sum(added for added, _ in counts), sum(standing for _, standing in counts)


def load_rates(path: Path, rate_model: Any) -> tuple[int, int]:
    """Add the published rates of a JSON file; returns how many were added and how many stood already.

    Raises:
        Invalid: the file is no list of {series, published_on, known_until, rate, source}.
        Conflict: another rate stands for the same day.
    """
    try:
        rows = [_read(Facts(row, f"[{place}]")) for place, row in enumerate(_list(path))]
    except (OSError, ValueError) as error:
        raise Invalid(f"无法读取利率文件 {path.name}：{error}") from error
    standing = {(row.series, row.published_on): row.rate for row in rate_model.objects.all()}
    added = [row for row in rows if (row["series"], row["published_on"]) not in standing]
    for row in rows:
        known = standing.get((row["series"], row["published_on"]))
        if known is not None and known != row["rate"]:
            raise Conflict(f"{row['series']} {row['published_on']} 已登记为 {known}，与文件中的 {row['rate']} 不同。")
    rate_model.objects.bulk_create(rate_model(**row) for row in added)
    return len(added), len(rows) - len(added)


def _list(path: Path) -> list[Any]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list):
        raise Invalid("利率文件应为列表。")
    return rows


def _read(row: Facts) -> dict[str, str | dt.date | Decimal]:
    return {
        "series": row.word("series", RateSeries.values),
        "published_on": row.date("published_on"),
        "known_until": row.date("known_until"),
        "rate": row.fraction("rate"),
        "source": row.text("source"),
    }
