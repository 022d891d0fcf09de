"""The frozen set of numbers of a bulletin: composed once, checked by its checksum, compared when corrected.

Everything in it is text, so that no program rounds it on the way: values in the base unit (yuan, pieces) to two places,
growth as a fraction to four. Ranks go by the value without what is under suspicion; equal values share a rank.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from stats.policy.definitions import Indicator
from stats.policy.targets import KEY_CITIES, Assessment

FORMAT = 1
FEN, RATE = Decimal("0.01"), Decimal("0.0001")
Numbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored number as it goes into a bulletin."""

    city: str
    name: str
    value: Decimal
    before: Decimal | None
    flagged: Decimal
    historic: Decimal


def compose(
    *,
    year: int,
    quarter: int,
    as_of: str,
    rows: Sequence[tuple[Indicator, Stored, Sequence[Stored]]],
    targets: Iterable[Assessment],
) -> dict[str, Any]:
    """The set: for each indicator the province and the ranked cities, then targets and key cities."""
    indicators = [_indicator(one, province, cities) for one, province, cities in rows]
    return {
        "format": FORMAT,
        "year": year,
        "quarter": quarter,
        "as_of": as_of,
        "indicators": indicators,
        "targets": [_target(one) for one in targets],
        "key_cities": [line for one in indicators for line in _key_cities(one)],
    }


def _indicator(one: Indicator, province: Stored, cities: Sequence[Stored]) -> dict[str, Any]:
    ranks = ranking({city.city: city.value - city.flagged for city in cities})
    lines = [_line(city) | {"rank": ranks[city.city]} for city in cities]
    total = sum((city.value for city in cities), Decimal(0))
    mean = (total / len(cities)).quantize(FEN, ROUND_HALF_UP) if cities else Decimal(0)
    return {
        "code": one.code,
        "title": one.title,
        "unit": one.unit,
        "scale": str(one.scale),
        "version": one.version,
        "province": _line(province),
        "cities": sorted(lines, key=lambda line: (line["rank"], line["city"])),
        "mean": str(mean),
    }


def ranking(values: Mapping[str, Decimal]) -> dict[str, int]:
    """1 for the largest; equal values share a rank and the next one is left out."""
    ordered = sorted(values.values(), reverse=True)
    return {key: ordered.index(value) + 1 for key, value in values.items()}


def _line(stored: Stored) -> dict[str, Any]:
    growth = (stored.value - stored.before) / stored.before if stored.before else None
    return {
        "city": stored.city,
        "name": stored.name,
        "value": str(stored.value.quantize(FEN)),
        "before": None if stored.before is None else str(stored.before.quantize(FEN)),
        "growth": None if growth is None else str(growth.quantize(RATE, ROUND_HALF_UP)),
        "flagged": str(stored.flagged.quantize(FEN)),
        "historic": str(stored.historic.quantize(FEN)),
    }


def _target(one: Assessment) -> dict[str, Any]:
    return {
        "code": one.target.code,
        "title": one.target.title,
        "version": one.target.version,
        "state": one.label,
        "remark": one.remark,
        "parts": [{"label": part.label, "now": part.now, "goal": part.goal, "lands": part.lands} for part in one.parts],
    }


def _key_cities(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The key cities beside the mean of all cities (target T13)."""
    if not one["code"].startswith("I"):
        return []
    return [
        {
            "code": one["code"],
            "title": one["title"],
            "city": line["city"],
            "name": line["name"],
            "value": line["value"],
            "mean": one["mean"],
            "is_above": Decimal(line["value"]) > Decimal(one["mean"]),
        }
        for line in one["cities"]
        if line["city"] in KEY_CITIES
    ]


def canonical(numbers: Numbers) -> bytes:
    """The set in the one form that its checksum is of: UTF-8 JSON, keys sorted, no blanks."""
    return json.dumps(numbers, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def checksum_of(numbers: Numbers) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(numbers)).hexdigest()


def changes_between(old: Numbers, new: Numbers) -> list[dict[str, str]]:
    """What a correction changes: indicator, place, what, before and after; in the order of the new set."""
    before, after = _flat(old), _flat(new)
    keys = [*after, *(key for key in before if key not in after)]
    return [
        {"code": key[0], "title": key[1], "name": key[2], "what": key[3], "before": before.get(key, "—"), "after": after.get(key, "—")}
        for key in keys
        if before.get(key) != after.get(key)
    ]  # fmt: skip


_COMPARED = {"value": "数值", "before": "上年同期", "flagged": "其中存疑", "historic": "其中历史数", "rank": "位次"}


def _flat(numbers: Numbers) -> dict[tuple[str, str, str, str], str]:
    found: dict[tuple[str, str, str, str], str] = {}
    for one in numbers["indicators"]:
        for line in (one["province"], *one["cities"]):
            for name, label in _COMPARED.items():
                if line.get(name) is not None:
                    shown = str(line[name]) if name == "rank" else in_unit(one, line[name])
                    found[one["code"], one["title"], line["name"], label] = shown
    for one in numbers["targets"]:
        found[one["code"], one["title"], "全省", "判断"] = one["state"]
    return found


def in_unit(one: Mapping[str, Any], value: str | None) -> str:
    """A value of the set in its indicator's unit, as bulletins print it; a dash for none."""
    if value is None:
        return "—"
    scale, amount = Decimal(one["scale"]), Decimal(value)
    if scale == 1:
        return f"{amount:,.0f}"
    return f"{(amount / scale).quantize(FEN, ROUND_HALF_UP):,.2f}"


def percent(rate: str | None) -> str:
    """A growth of the set as per cent with one place; a dash for none."""
    return "—" if rate is None else f"{(Decimal(rate) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
