"""What stands against an open licence, what its terms cost, and what about them deserves a second look. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from patents.enums import (
    WITH_FIXED,
    WITH_ROYALTY,
    LegalStatus,
    Overlay,
    RoyaltyBase,
    Settlement,
)
from portal.money import exact, round_fen
from portal.policy.facts import Facts
from portal.policy.results import Line, Refusal

ZERO = Decimal("0.00")
PERIODS_PER_YEAR = {Settlement.QUARTER: 4, Settlement.HALF_YEAR: 2, Settlement.YEAR: 1}
FORBIDDEN = "专利法实施细则第八十六条"
ENDED = frozenset({LegalStatus.LAPSED_UNPAID, LegalStatus.EXPIRED, LegalStatus.ABANDONED, LegalStatus.INVALID})
SUSPENDED = frozenset({Overlay.FROZEN, Overlay.OWNERSHIP_DISPUTE})
EXCLUDING = frozenset({Overlay.LICENSED_EXCLUSIVE, Overlay.LICENSED_SOLE})


@dataclass(frozen=True, slots=True)
class RightFacts:
    """What the portal knows of the right on one day; `overlays` in the words of RULES section 1."""

    legal_status: str
    overlays: frozenset[str]
    has_pledgee_consent: bool
    obstacle: str


def blocks(facts: RightFacts) -> list[Refusal]:
    """Every condition of the implementing rules art. 86 (and of grant, patent law art. 50) that stands against it."""
    found = []

    def against(code: str, article: str, fact: str) -> None:
        found.append(Refusal(code, article, fact))

    if facts.legal_status in ENDED:
        against("right_ended", FORBIDDEN, f"专利权已终止（{LegalStatus(facts.legal_status).label}）")
    elif facts.legal_status == LegalStatus.VALID_FEE_GRACE:
        against("fee_unpaid", FORBIDDEN, "未按规定缴纳年费（处于滞纳期）")
    elif facts.legal_status != LegalStatus.VALID:
        label = LegalStatus(facts.legal_status).label
        against("not_granted", "专利法第五十条", f"法律状态为“{label}”，须在授权公告后、专利权有效时声明")
    if facts.overlays & EXCLUDING:
        against("exclusive_licence", FORBIDDEN, "专利权处于独占或者排他许可有效期内")
    if facts.overlays & SUSPENDED:
        against("procedure_suspended", FORBIDDEN, "因权属纠纷或者保全，有关程序被中止")
    if Overlay.PLEDGED in facts.overlays and not facts.has_pledgee_consent:
        against("pledgee_consent", FORBIDDEN, "专利权已质押，未取得质权人同意")
    if facts.obstacle:
        against("other", FORBIDDEN, f"其他妨碍专利权有效实施的情形：{facts.obstacle}")
    return found


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """How a licence is paid; money in yuan, the rate a fraction. What a kind does not use is None or empty.

    `fixed_amount` is the whole fee, the sum of the instalments or the entry fee. The cap is on all that is ever paid.
    """

    kind: str
    fixed_amount: Decimal | None = None
    instalment_count: int | None = None
    royalty_rate: Decimal | None = None
    royalty_base: str = ""
    minimum_year_amount: Decimal | None = None
    cap_total_amount: Decimal | None = None
    settlement: str = ""

    @property
    def periods_per_year(self) -> int:
        return PERIODS_PER_YEAR[Settlement(self.settlement)] if self.settlement else 1


def instalments(terms: FeeTerms) -> list[Decimal]:
    """The fixed fee in its parts, each half up to the fen; the last part takes what rounding leaves."""
    if terms.kind not in WITH_FIXED or terms.fixed_amount is None:
        return []
    return parts_of(terms.fixed_amount, terms.instalment_count or 1)


def parts_of(amount: Decimal, count: int) -> list[Decimal]:
    """`amount` in `count` parts that are equal but for the last, and always sum to it."""
    # Rounded down: half up could make the last part negative for very small amounts.
    part = (amount * 100 // count) / 100
    return [round_fen(part)] * (count - 1) + [amount - round_fen(part) * (count - 1)]


def due_at_acceptance(terms: FeeTerms) -> Decimal:
    """What must be paid for the licence to come about: the fixed fee or its first part; nothing for royalties alone."""
    return next(iter(instalments(terms)), ZERO)


@dataclass(frozen=True, slots=True)
class YearForecast:
    """What a licensee expects of one year; yuan. A loss is a negative profit."""

    net_sales: Decimal
    profit: Decimal


@dataclass(frozen=True, slots=True)
class YearFee:
    """One year of a licence: amounts in yuan. `payments` are the royalties by settlement period."""

    year: int
    base_amount: Decimal
    fixed_amount: Decimal
    royalty_amount: Decimal
    topped_up_amount: Decimal
    cut_amount: Decimal
    due_amount: Decimal
    total_amount: Decimal
    payments: tuple[Decimal, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FeeTable:
    """The years, what they come to, and the part of the fixed fee that falls due after the last of them."""

    years: tuple[YearFee, ...]
    total_amount: Decimal
    later_amount: Decimal


def fee_table(terms: FeeTerms, forecasts: Sequence[YearForecast]) -> FeeTable:
    """The fees of each year from acceptance.

    Royalty = base x rate, half up to the fen once a year; a loss gives none. Below the yearly minimum the minimum is
    paid. What goes beyond the cap on the whole licence is not paid. The year's royalty is paid in equal parts, the
    last takes what rounding leaves. Fixed parts fall due one per settlement period, the first at acceptance.
    """
    fixed, step, paid = instalments(terms), terms.periods_per_year, ZERO
    years = []
    for index, forecast in enumerate(forecasts):
        fixed_due = sum(fixed[index * step : (index + 1) * step], start=ZERO)
        year = _year(terms, index + 1, forecast, fixed_due, paid)
        years.append(year)
        paid = year.total_amount
    later = sum(fixed[len(forecasts) * step :], start=ZERO)
    return FeeTable(tuple(years), paid, later)


def _year(terms: FeeTerms, number: int, forecast: YearForecast, fixed: Decimal, paid: Decimal) -> YearFee:
    lines = [Line("固定费用", f"本年到期的固定费用 {exact(fixed)} 元", exact(fixed))] if fixed else []
    base, royalty, floor = ZERO, ZERO, ZERO
    if terms.kind in WITH_ROYALTY and terms.royalty_rate is not None:
        base = forecast.net_sales if terms.royalty_base == RoyaltyBase.NET_SALES else forecast.profit
        royalty = round_fen(max(base, ZERO) * terms.royalty_rate)
        name = RoyaltyBase(terms.royalty_base).label
        lines.append(Line("提成", f"{name} {exact(base)} 元 × {terms.royalty_rate:.2%}", exact(royalty)))
        floor = max((terms.minimum_year_amount or ZERO) - royalty, ZERO)
    if floor:
        lines.append(
            Line("年最低", f"不足年最低使用费 {exact(terms.minimum_year_amount or ZERO)} 元，补足", exact(floor))
        )
    wanted = fixed + royalty + floor
    due = wanted if terms.cap_total_amount is None else min(wanted, max(terms.cap_total_amount - paid, ZERO))
    if due < wanted and terms.cap_total_amount is not None:
        text = f"累计付费上限 {exact(terms.cap_total_amount)} 元，已付 {exact(paid)} 元，超出部分不付"
        lines.append(Line("累计上限", text, f"-{exact(wanted - due)}"))
    running = max(due - fixed, ZERO)
    payments = tuple(parts_of(running, terms.periods_per_year)) if terms.kind in WITH_ROYALTY else ()
    return YearFee(
        number, base, fixed, royalty, floor, wanted - due, due, paid + due, payments, tuple(lines)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The soft ceilings of a rule version: yuan, and fractions of net sales and of profit."""

    fixed: Decimal
    net_sales: Decimal
    profit: Decimal
    article: str

    @staticmethod
    def read(parameters: Mapping[str, object]) -> "Ceilings":
        """Read a version's parameters. Raises Invalid naming what is wrong."""
        facts = Facts(parameters)
        return Ceilings(
            facts.money("fixed_ceiling"),
            facts.fraction("net_sales_ceiling"),
            facts.fraction("profit_ceiling"),
            facts.text("article"),
        )


def ceiling_warnings(terms: FeeTerms, ceilings: Ceilings) -> list[Refusal]:
    """Where the terms go beyond what is generally not exceeded. Warnings: the ceilings forbid nothing."""
    found = []
    if terms.fixed_amount is not None and terms.fixed_amount > ceilings.fixed:
        fact = f"固定费用 {exact(terms.fixed_amount)} 元，一般不高于 {exact(ceilings.fixed)} 元"
        found.append(Refusal("fixed_ceiling", ceilings.article, fact))
    limits = {RoyaltyBase.NET_SALES: ceilings.net_sales, RoyaltyBase.PROFIT: ceilings.profit}
    if terms.royalty_rate is not None and terms.royalty_base:
        base = RoyaltyBase(terms.royalty_base)
        if terms.royalty_rate > limits[base]:
            fact = f"提成比例为{base.label}的 {terms.royalty_rate:.2%}，一般不高于 {limits[base]:.2%}"
            found.append(Refusal("rate_ceiling", ceilings.article, fact))
    return found


def wording_warnings(texts: Mapping[str, str], words: Collection[str], article: str) -> list[Refusal]:
    """The words of the list that a declaration uses; `texts` by the field's label."""
    return [
        Refusal("advertising_word", article, f"“{label}”中的“{word}”可能是商业性宣传用语")
        for label, text in texts.items()
        for word in words
        if word in text
    ]


def reminders_due(*, days_left: int, reminder_days: Sequence[int]) -> int:
    """How many of the reminders (so many days before the due day) should have gone out by now."""
    return sum(1 for days in reminder_days if days_left <= days)
