"""What stands against a deal: conditions of each kind, judged on plain facts."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from patents.enums.deals import LICENCES, NON_EXCLUSIVE, DealKind, PriceWay


class Level(StrEnum):
    """A blocking finding refuses the contract; a warning is shown and kept with it."""

    BLOCKING = "blocking"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition that is not met. `code` is stable; `fact` says what stands against it."""

    code: str
    level: Level
    article: str
    fact: str


@dataclass(frozen=True, slots=True)
class RunningLicence:
    """A licence that others hold on the patent."""

    kind: str
    source: str  # where it is known from: a deal's reference, or the gazette
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Overlays:
    """What lies on a right, from legal events and from the portal's own deals."""

    pledgees: tuple[str, ...] = ()
    is_frozen: bool = False
    is_disputed: bool = False
    is_invalidation_pending: bool = False
    is_open_licence: bool = False
    licences: tuple[RunningLicence, ...] = ()
    given_away_by: tuple[str, ...] = ()  # references of signed transfers and investments by the present holder


@dataclass(frozen=True, slots=True)
class PatentFacts:
    """One patent of the deal on the day of signing."""

    number: str
    is_in_force: bool
    is_in_grace: bool
    status_label: str
    filed_on: dt.date | None
    last_day: dt.date | None
    is_held_by_giver: bool
    missing_co_owners: tuple[str, ...]
    has_pledgee_consent: bool
    overlays: Overlays


@dataclass(frozen=True, slots=True)
class PublicityFacts:
    """The standing publicity of the price. `min_days` is the rule's, 0 where none is asked for."""

    is_required: bool
    article: str = ""
    ends_on: dt.date | None = None
    price_amount: Decimal | None = None
    open_objections: int = 0
    upheld_objections: int = 0


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """What is to be signed. Amounts in yuan."""

    kind: str
    signed_on: dt.date
    valid_to: dt.date | None
    price_way: str
    value_amount: Decimal | None
    valuation_amount: Decimal | None
    has_valuation_document: bool
    publicity: PublicityFacts


def findings(terms: TermsFacts, patents: Sequence[PatentFacts]) -> list[Finding]:
    """Every condition that the deal does not meet: those of the contract first, then patent by patent."""
    found = list(_terms(terms))
    for patent in patents:
        found += _right(terms, patent)
        found += _consents(terms, patent)
        found += _conflicts(terms, patent)
    return found


def blocking(found: Iterable[Finding]) -> list[Finding]:
    """Those that refuse the contract."""
    return [finding for finding in found if finding.level == Level.BLOCKING]


def _terms(terms: TermsFacts) -> Iterator[Finding]:
    if terms.kind in LICENCES and terms.valid_to is None:
        yield _stop("no_term", "民法典第八百六十五条", "许可合同须写明许可期限截止日")
    if terms.kind == DealKind.INVESTMENT and terms.value_amount is None:
        yield _stop("investment_price", "促进科技成果转化法第十八条", "作价投资须写明作价金额")
    if terms.kind == DealKind.INVESTMENT and not (terms.has_valuation_document or _is_agreed(terms)):
        yield _stop("investment_valuation", "促进科技成果转化法第十八条", "作价投资须有评估报告，或协议定价并公示")
    yield from _publicity(terms)


def _is_agreed(terms: TermsFacts) -> bool:
    return terms.price_way == PriceWay.AGREEMENT and terms.value_amount is not None


def _publicity(terms: TermsFacts) -> Iterator[Finding]:
    asked = terms.publicity
    if not asked.is_required or terms.price_way != PriceWay.AGREEMENT:
        return
    if asked.ends_on is None:
        yield _stop("publicity_missing", asked.article, "协议定价尚未公示")
        return
    if terms.signed_on <= asked.ends_on:
        yield _stop("publicity_running", asked.article, f"公示至 {asked.ends_on} 结束，签订日期须在此之后")
    if asked.open_objections:
        yield _stop("objection_open", asked.article, f"有 {asked.open_objections} 项异议尚未处理完毕")
    if asked.upheld_objections:
        yield _stop("objection_upheld", asked.article, "异议成立，须重新定价并公示")
    if asked.price_amount is not None and terms.value_amount is not None and asked.price_amount != terms.value_amount:
        yield _stop("publicity_price", asked.article, f"公示价格 {asked.price_amount} 元与合同金额不一致")


def _right(terms: TermsFacts, patent: PatentFacts) -> Iterator[Finding]:
    if not patent.is_in_force:
        yield _stop("not_in_force", "专利法第四十四条", f"{patent.number} 法律状态为“{patent.status_label}”")
    if patent.is_in_grace:
        yield _warn("fee_grace", "专利法实施细则", f"{patent.number} 处于年费滞纳期，须先缴清年费")
    if patent.last_day and terms.signed_on > patent.last_day:
        yield _stop("expired", "专利法第四十二条", f"{patent.number} 已于 {patent.last_day} 期限届满")
    if patent.filed_on and terms.signed_on < patent.filed_on:
        yield _stop("before_filing", "合同", f"签订日期早于 {patent.number} 的申请日 {patent.filed_on}")
    if terms.kind in LICENCES and terms.valid_to and patent.last_day and terms.valid_to > patent.last_day:
        yield _stop(
            "term_beyond_right",
            "民法典第八百六十五条",
            f"许可期限至 {terms.valid_to}，超过 {patent.number} 的保护期（至 {patent.last_day}）",
        )
    if patent.overlays.is_frozen:
        yield _stop("frozen", "专利法实施细则", f"{patent.number} 被法院保全")
    if patent.overlays.is_disputed:
        yield _stop("disputed", "专利法实施细则", f"{patent.number} 有权属纠纷，程序中止")
    if patent.overlays.is_invalidation_pending:
        yield _warn("invalidation_pending", "专利法第四十五条", f"{patent.number} 正在无效宣告程序中")


def _consents(terms: TermsFacts, patent: PatentFacts) -> Iterator[Finding]:
    if not patent.is_held_by_giver:
        yield _stop("not_owner", "专利法第十条", f"{patent.number} 的权利人不在转让（许可、出资）方之中")
    if patent.missing_co_owners:
        names = "、".join(patent.missing_co_owners)
        # Art. 14 of the patent law: a co-owner may grant an ordinary licence alone unless agreed otherwise.
        if terms.kind in NON_EXCLUSIVE:
            yield _warn("co_owner", "专利法第十四条", f"{patent.number} 与{names}共有，使用费应当在共有人之间分配")
        else:
            yield _stop("co_owner", "专利法第十四条", f"{patent.number} 缺少共有权利人{names}的同意")
    if patent.overlays.pledgees and not patent.has_pledgee_consent:
        names = "、".join(patent.overlays.pledgees)
        yield _stop("pledged", "民法典第四百四十四条", f"{patent.number} 已出质，缺少质权人{names}的同意")


def _conflicts(terms: TermsFacts, patent: PatentFacts) -> Iterator[Finding]:
    for ref in patent.overlays.given_away_by:
        yield _stop("given_away", "合同", f"{patent.number} 已在交易 {ref} 中转让或作价投资")
    running = [one for one in patent.overlays.licences if one.until is None or one.until >= terms.signed_on]
    for one in running:
        label = f"{patent.number} 有{DealKind(one.kind).label}（{one.source}，{_until(one.until)}）"
        if terms.kind not in LICENCES:
            yield _warn("licence_goes_on", "民法典", f"{label}，转让不影响其效力")
        elif one.kind not in NON_EXCLUSIVE or terms.kind not in NON_EXCLUSIVE:
            yield _stop("licence_conflict", "专利实施许可合同", f"{label}，不能再作{DealKind(terms.kind).label}")
    if patent.overlays.is_open_licence and terms.kind in (DealKind.EXCLUSIVE, DealKind.SOLE):
        yield _stop("open_licence", "专利法第五十一条", f"{patent.number} 正在开放许可，不能给予独占或者排他许可")


def _until(day: dt.date | None) -> str:
    return f"至 {day}" if day else "期限未知"


def _stop(code: str, article: str, fact: str) -> Finding:
    return Finding(code, Level.BLOCKING, article, fact)


def _warn(code: str, article: str, fact: str) -> Finding:
    return Finding(code, Level.WARNING, article, fact)
