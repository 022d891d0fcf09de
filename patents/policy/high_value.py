"""The official test for high-value inventions: five kinds, each with the fact that proves it. Pure.

RULES section 13. Any one kind makes a valid invention a high-value one. From which day ten years count (H3) and how
much a pledge must have brought (H4) no source settles: they are parameters, and the answer says so.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from patents.enums import IN_FORCE, PatentKind
from patents.enums.evaluation import EvidenceKind, Finding, HighValueKind
from portal.dates import add_months
from portal.money import exact
from portal.policy.facts import Facts

UNCONFIRMED = "未经确认"


@dataclass(frozen=True, slots=True)
class HighValueRule:
    """`h4_amount` in yuan, None while nobody has set it."""

    h3_years: int
    h3_from: str
    h4_amount: Decimal | None

    @staticmethod
    def read(parameters: Mapping[str, object]) -> "HighValueRule":
        """Read a version's parameters. Raises Invalid naming what is wrong."""
        facts = Facts(parameters)
        return HighValueRule(
            facts.whole("h3_years"),
            facts.word("h3_from", ("grant", "filing")),
            facts.money("h4_amount") if facts.has("h4_amount") else None,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """A confirmed fact: an award, or money lent on a pledge of the patent (yuan)."""

    kind: str
    name: str
    dated_on: dt.date
    document: str
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InventionFacts:
    """What the test asks of a patent.

    `industries` are pairs of a class and a strategic emerging industry by `concordance`, which is empty until one is
    loaded; `is_own_concordance` when it is the portal's. `overseas`: family members outside the mainland.
    """

    kind: str
    status: str
    classes: Sequence[str]
    industries: Sequence[tuple[str, str]]
    concordance: str
    is_own_concordance: bool
    filed_on: dt.date | None
    granted_on: dt.date | None
    overseas: Sequence[str]
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class KindResult:
    """`fact` proves the finding, `caveat` says what about it is unconfirmed."""

    kind: HighValueKind
    finding: Finding
    fact: str
    caveat: str = ""


def is_candidate(facts: InventionFacts) -> bool:
    """Only an invention in force can be a high-value one."""
    return facts.kind == PatentKind.INVENTION and facts.status in IN_FORCE


def kind_results(facts: InventionFacts, rule: HighValueRule, day: dt.date) -> list[KindResult]:
    """All five kinds on one day; a patent that is no invention in force meets none."""
    if not is_candidate(facts):
        return [KindResult(kind, Finding.NOT_MET, "不是有效的发明专利") for kind in HighValueKind]
    return [
        _industry(facts),
        _overseas(facts),
        _years(facts, rule, day),
        _pledge(facts, rule),
        _award(facts),
    ]


def is_high_value(results: Sequence[KindResult]) -> bool:
    """Whether any kind is met."""
    return any(result.finding == Finding.MET for result in results)


def _industry(facts: InventionFacts) -> KindResult:
    """Any class counts, the main one or a further one."""
    if not facts.concordance:
        return KindResult(HighValueKind.H1, Finding.UNSETTLED, "分类号与产业的参照关系表尚未导入，不能判定")
    caveat = f"国际专利分类与产业的对应为平台粗略映射，{UNCONFIRMED}" if facts.is_own_concordance else ""
    if facts.industries:
        symbol, industry = facts.industries[0]
        fact = f"分类号 {symbol} 对应战略性新兴产业 {industry}（{facts.concordance}）"
        return KindResult(HighValueKind.H1, Finding.MET, fact, caveat)
    shown = "、".join(facts.classes) or "无分类号"
    fact = f"分类号 {shown} 没有对应的产业（{facts.concordance}）"
    return KindResult(HighValueKind.H1, Finding.NOT_MET, fact, caveat)


def _overseas(facts: InventionFacts) -> KindResult:
    if facts.overseas:
        return KindResult(HighValueKind.H2, Finding.MET, f"海外同族：{'、'.join(facts.overseas)}")
    return KindResult(HighValueKind.H2, Finding.NOT_MET, "没有登记海外同族专利")


def _years(facts: InventionFacts, rule: HighValueRule, day: dt.date) -> KindResult:
    name, start = ("授权公告日", facts.granted_on) if rule.h3_from == "grant" else ("申请日", facts.filed_on)
    caveat = f"维持年限自{name}起算，{UNCONFIRMED}"
    if start is None:
        return KindResult(HighValueKind.H3, Finding.NOT_MET, f"没有{name}，不能证明维持年限", caveat)
    # "More than": the day of the anniversary itself is not yet past the years.
    reached = add_months(start, 12 * rule.h3_years)
    finding = Finding.MET if day > reached else Finding.NOT_MET
    return KindResult(HighValueKind.H3, finding, f"{name} {start}，满 {rule.h3_years} 年为 {reached}", caveat)


def _pledge(facts: InventionFacts, rule: HighValueRule) -> KindResult:
    pledges = [one for one in facts.evidence if one.kind == EvidenceKind.PLEDGE and one.amount is not None]
    largest = max(pledges, key=lambda one: one.amount or 0, default=None)
    caveat = f"金额标准{UNCONFIRMED}"
    if largest is None or largest.amount is None:
        return KindResult(HighValueKind.H4, Finding.NOT_MET, "没有质押融资记录", caveat)
    fact = f"质押融资 {exact(largest.amount)} 元（{largest.dated_on}，{largest.document}）"
    if rule.h4_amount is None:
        return KindResult(HighValueKind.H4, Finding.UNSETTLED, fact, f"来源没有写明多少为“较高”，{UNCONFIRMED}")
    finding = Finding.MET if largest.amount >= rule.h4_amount else Finding.NOT_MET
    return KindResult(HighValueKind.H4, finding, f"{fact}，标准 {exact(rule.h4_amount)} 元", caveat)


def _award(facts: InventionFacts) -> KindResult:
    awards = [one for one in facts.evidence if one.kind in (EvidenceKind.STATE_AWARD, EvidenceKind.CHINA_PATENT_AWARD)]
    if not awards:
        return KindResult(HighValueKind.H5, Finding.NOT_MET, "没有已核实的获奖记录")
    said = "；".join(f"{one.name}（{one.dated_on}，{one.document}）" for one in awards)
    return KindResult(HighValueKind.H5, Finding.MET, f"获奖：{said}")
