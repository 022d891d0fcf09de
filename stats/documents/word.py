"""A bulletin as Word, from the template bulletin.docx and the frozen set alone."""

import io
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate

from portal import clock
from stats.documents.steady import steady
from stats.models import Bulletin
from stats.policy.bulletins import in_unit, percent
from stats.queries.bulletins import period_label

TEMPLATE = Path(__file__).resolve().parent / "bulletin.docx"
RANKED = ("I01", "I03", "I11", "I12")
"""Indicators whose cities are ranked in the text; the sheet ranks all."""


def word_of(bulletin: Bulletin) -> bytes:
    """The document; the same bytes each time for one bulletin."""
    document = DocxTemplate(TEMPLATE)
    document.render(context_of(bulletin), autoescape=True)
    target = io.BytesIO()
    document.save(target)
    return steady(target.getvalue(), bulletin.frozen_at)


def context_of(bulletin: Bulletin) -> dict[str, Any]:
    """What the template names, every number as text."""
    numbers = bulletin.numbers
    return {
        "title": bulletin.title,
        "ref": bulletin.ref,
        "period": period_label(bulletin),
        "as_of": numbers["as_of"],
        "opening": bulletin.opening.splitlines() or [""],
        "demands": bulletin.demands.splitlines(),
        "indicators": [{"code": one["code"], "title": one["title"], "unit": one["unit"], **_shown(one, one["province"])}
                       for one in numbers["indicators"]],
        "rankings": [
            {"title": one["title"], "unit": one["unit"], "cities": [_shown(one, line) for line in one["cities"]]}
            for one in numbers["indicators"]
            if one["code"] in RANKED
        ],
        "targets": [_target(one) for one in numbers["targets"]],
        "key_cities": [_key_city(one, numbers) for one in numbers["key_cities"]],
        "reason": bulletin.revision_reason,
        "replaces": bulletin.revises.ref if bulletin.revises else "",
        "changes": bulletin.changes,
        "checksum": bulletin.checksum,
        "frozen_at": f"{bulletin.frozen_at.astimezone(clock.SHANGHAI):%Y-%m-%d}",
    }  # fmt: skip


def _shown(one: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": line["name"],
        "rank": line.get("rank", ""),
        "value": in_unit(one, line["value"]),
        "before": in_unit(one, line["before"]),
        "growth": percent(line["growth"]),
        "flagged": in_unit(one, line["flagged"]),
    }


def _target(one: dict[str, Any]) -> dict[str, Any]:
    # The comparison of the key cities has a table of its own.
    parts = one["parts"] if one["code"] != "T13" else []
    texts = [f"{part['label']}：{part['now']}（目标 {part['goal']}，按当前进度 {part['lands']}）" for part in parts]
    return {"code": one["code"], "title": one["title"], "state": one["state"], "text": "；".join(texts) or "见第四部分"}


def _key_city(line: dict[str, Any], numbers: dict[str, Any]) -> dict[str, Any]:
    one = next(found for found in numbers["indicators"] if found["code"] == line["code"])
    return {
        "name": line["name"],
        "title": f"{line['code']} {line['title']}（{one['unit']}）",
        "value": in_unit(one, line["value"]),
        "mean": in_unit(one, line["mean"]),
        "verdict": "高于平均" if line["is_above"] else "未高于平均",
    }
