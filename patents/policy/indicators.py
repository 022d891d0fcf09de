"""Values of indicators that the portal fills by itself, each with the fact behind it. Pure.

The bands and values are the table's own parameters; what a fact is not known for stays without a value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from patents.enums import EventCode, LegalStatus, Overlay, PatentKind
from patents.policy.evaluation import Given, Table
from portal.errors import Invalid

FORWARD = {
    EventCode.EE01: "许可备案",
    EventCode.PE01: "质押登记",
    EventCode.TR01: "转移登记",
}
"""Events after grant that show the right was used."""


@dataclass(frozen=True, slots=True)
class PatentFacts:
    """What the portal knows of a patent on one day; None where it does not know."""

    kind: str
    status: str
    remaining_years: Decimal | None
    claim_count: int | None
    overseas: tuple[str, ...]
    overlays: frozenset[str]
    events: tuple[str, ...]
    maturity: int | None
    licence_count: int
    """Open licences accepted that run on the day."""


Fact = tuple[Decimal | str, str]


def _remaining(facts: PatentFacts) -> Fact | None:
    if facts.remaining_years is None:
        return None
    return facts.remaining_years, f"剩余保护期 {facts.remaining_years} 年"


def _family(facts: PatentFacts) -> Fact | None:
    places = sorted(set(facts.overseas))
    if not places:
        return Decimal(0), "没有登记海外同族"
    return Decimal(len(places)), f"海外同族 {len(places)} 个国家（地区）：{'、'.join(places)}"


def _claims(facts: PatentFacts) -> Fact | None:
    return None if facts.claim_count is None else (Decimal(facts.claim_count), f"权利要求 {facts.claim_count} 项")


def _maturity(facts: PatentFacts) -> Fact | None:
    return (
        None if facts.maturity is None else (Decimal(facts.maturity), f"入库信息填写的技术成熟度 TRL {facts.maturity}")
    )


def _forward(facts: PatentFacts) -> Fact | None:
    counts = {name: facts.events.count(code) for code, name in FORWARD.items()}
    said = "、".join(f"{name} {count} 次" for name, count in counts.items() if count) or "没有许可、质押、转移记录"
    return Decimal(sum(counts.values())), said


def _licensing(facts: PatentFacts) -> Fact | None:
    if facts.overlays & {Overlay.LICENSED_EXCLUSIVE, Overlay.LICENSED_SOLE}:
        return "exclusive", "独占或者排他许可有效期内"
    if Overlay.LICENSED_ORDINARY in facts.overlays or facts.licence_count:
        return "ordinary", f"普通许可中（其中本平台开放许可 {facts.licence_count} 项）"
    return "none", "没有运行中的许可记录"


def _stability(facts: PatentFacts) -> Fact | None:
    if Overlay.INVALIDATION_PENDING in facts.overlays:
        return "pending", "无效宣告请求审理中"
    if Overlay.INVALID_PART in facts.overlays:
        return "partly_invalid", "曾被宣告部分无效"
    if EventCode.XIR2 in facts.events:
        return "survived", "经无效宣告程序维持有效"
    if facts.kind == PatentKind.INVENTION:
        return "examined", "经实质审查授权，无无效宣告记录"
    return "unexamined", f"{PatentKind(facts.kind).label}未经实质审查，无无效宣告记录"


def _status(facts: PatentFacts) -> Fact | None:
    if facts.status == LegalStatus.UNKNOWN:
        return None
    label = LegalStatus(facts.status).label
    names = {LegalStatus.VALID: "valid", LegalStatus.VALID_FEE_GRACE: "grace"}
    return names.get(LegalStatus(facts.status), "other"), f"法律状态：{label}"


RULES: Mapping[str, Callable[[PatentFacts], Fact | None]] = {
    "remaining_years": _remaining,
    "family": _family,
    "claims": _claims,
    "maturity": _maturity,
    "forward_events": _forward,
    "licensing": _licensing,
    "stability": _stability,
    "status": _status,
}


def computed_values(table: Table, facts: PatentFacts) -> dict[str, Given]:
    """The values of the table's computed indicators, as far as the facts are known.

    Raises:
        Invalid: the table names a rule or a value that does not exist.
    """
    found = {}
    for row in table.indicators:
        if row.computed is None:
            continue
        rule = RULES.get(str(row.computed.get("rule")))
        if rule is None:
            raise Invalid(f"指标“{row.name}”的计算规则“{str(row.computed.get('rule'))[:30]}”不存在。", field=row.code)
        fact = rule(facts)
        if fact is not None:
            found[row.code] = Given(_value(row.name, row.computed, fact[0]), fact[1])
    return found


def check_computed(table: Table) -> None:
    """Refuse a table whose computed indicators do not say a rule with its bands or values."""
    for row in table.indicators:
        if row.computed is None:
            continue
        if row.computed.get("rule") not in RULES:
            raise Invalid(f"指标“{row.name}”的计算规则不存在。", field=row.code)
        values = row.computed.get("values")
        bands = row.computed.get("bands")
        given = list(values.values()) if isinstance(values, Mapping) else [band[1] for band in bands or []]
        if not given or any(not 0 <= _decimal(row.name, value) <= table.scale for value in given):
            raise Invalid(f"指标“{row.name}”的分档值应为 0 至 {table.scale}。", field=row.code)


def _value(name: str, computed: Mapping[str, Any], fact: Decimal | str) -> Decimal:
    if isinstance(fact, str):
        values = computed.get("values") or {}
        if fact not in values:
            raise Invalid(f"指标“{name}”没有为“{fact}”规定分值。")
        return _decimal(name, values[fact])
    for threshold, value in computed.get("bands") or []:
        if fact >= _decimal(name, threshold):
            return _decimal(name, value)
    return Decimal(0)


def _decimal(name: str, text: object) -> Decimal:
    if not isinstance(text, str) or not text.replace(".", "", 1).isdigit() or not text.isascii():
        raise Invalid(f"指标“{name}”的分档值“{str(text)[:20]}”应为以文本填写的数。")
    return Decimal(text)
