"""Interest subsidy: what a loan is worth under one version, and every condition that stands against it.

min(cap left, interest paid, sum of principal x days / 360 x pledge share x rate x ratio), rounded half up to the fen
once, at the end of the loan. The first day of a stretch counts, its last does not; days in default never count.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

from portal.money import exact, round_fen
from portal.policy.facts import Facts
from portal.policy.results import NOTHING, Line, Refusal, Result, refused
from subsidies.policy.rates import LOOKUPS, PublishedRate, RateBook, rate_on
from subsidies.policy.scope import Claimant, Scope

YEAR_DAYS = 360
# Enough digits that dividing by 360 cannot turn a value just beside half a fen into exactly half a fen.
PRECISION = 60
SHOWN = Decimal("0.000001")
SERIES_NAMES = {"lpr_1y": "一年期LPR", "pboc_1y": "人民银行一年期贷款基准利率"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Principal outstanding from the first day to the last, the last not counted."""

    first: dt.date
    last: dt.date
    principal: Decimal
    in_default: bool = False
    default_days: int = 0
    rate: Decimal | None = None  # what the bank took in these days; None: the rate of the loan

    @property
    def days(self) -> int:
        """Calendar days, the first counted, the last not."""
        return (self.last - self.first).days

    @property
    def counted_days(self) -> int:
        """Days without those in default."""
        return 0 if self.in_default else self.days - self.default_days


@dataclass(frozen=True, slots=True)
class Loan:
    """Yuan; rates and shares are fractions. `interest_paid` is what was paid over the whole loan."""

    contract_date: dt.date
    drawn_on: dt.date
    pledge_registered_on: dt.date
    principal: Decimal
    actual_rate: Decimal
    pledge_share: Decimal
    borrower_owns_patents: bool
    first_time_pledge: bool
    repaid_as_agreed: bool
    interest_paid: Decimal
    balances: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class InterestFacts:
    claimant: Claimant
    loan: Loan
    declaration_year: int
    granted_this_year: Decimal
    other_interest_subsidies: int
    years_granted: int | None = None


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """What a version says. `is_base_stated` false: two readings of the base, nothing payable."""

    code: str
    scope: Scope
    is_base_stated: bool
    series: str
    lookup: str
    ratio: Decimal
    cap_per_firm_year: Decimal | None
    max_years: int | None
    conditions: frozenset[str]
    never_above_interest_paid: bool
    lower_of_actual_rate: bool
    in_force_from: dt.date | None
    in_force_to: dt.date | None

    def article(self, step: str) -> str:
        return self.scope.article(step)


def read_interest_terms(code: str, parameters: Facts, period: tuple[dt.date | None, dt.date | None]) -> InterestTerms:
    """The terms of a version; its period counts as a condition only where the document states it."""
    is_stated = parameters.flag("period_is_stated")
    return InterestTerms(
        code=code,
        scope=Scope.read(parameters),
        is_base_stated=parameters.word("base", {"stated", "not_stated"}) == "stated",
        series=parameters.word("series", SERIES_NAMES),
        lookup=parameters.word("lookup", LOOKUPS),
        ratio=parameters.fraction("ratio"),
        cap_per_firm_year=parameters.money("cap_per_firm_year") if parameters.has("cap_per_firm_year") else None,
        max_years=parameters.whole("max_years") if parameters.has("max_years") else None,
        conditions=frozenset(parameters.items("conditions")),
        never_above_interest_paid=parameters.flag("never_above_interest_paid"),
        lower_of_actual_rate=parameters.flag("lower_of_actual_rate"),
        in_force_from=period[0] if is_stated else None,
        in_force_to=period[1] if is_stated else None,
    )


def read_interest_facts(facts: Facts) -> InterestFacts:
    """Facts in the form of `compute_subsidy`. Raises Invalid with the field's path."""
    return InterestFacts(
        claimant=Claimant.read(facts.part("claimant")),
        loan=_read_loan(facts.part("loan")),
        declaration_year=facts.whole("declaration_year"),
        granted_this_year=facts.money("granted_this_year"),
        other_interest_subsidies=len(facts.items("other_interest_subsidies")),
        years_granted=facts.whole("years_granted") if facts.has("years_granted") else None,
    )


def _read_loan(loan: Facts) -> Loan:
    return Loan(
        contract_date=loan.date("contract_date"),
        drawn_on=loan.date("drawn_on"),
        pledge_registered_on=loan.date("pledge_registered_on"),
        principal=loan.money("principal"),
        actual_rate=loan.fraction("actual_rate"),
        pledge_share=loan.fraction("pledge_share"),
        borrower_owns_patents=loan.flag("borrower_owns_patents"),
        first_time_pledge=loan.flag("first_time_pledge"),
        repaid_as_agreed=loan.flag("repaid_as_agreed"),
        interest_paid=loan.money("interest_paid"),
        balances=tuple(_read_stretch(stretch) for stretch in loan.parts("balances")),
    )


def _read_stretch(stretch: Facts) -> Stretch:
    """`in_default` takes the whole stretch out, `default_days` so many days of it; nothing said takes out none."""
    return Stretch(
        stretch.date("from"),
        stretch.date("to"),
        stretch.money("principal"),
        stretch.flag("in_default") if stretch.has("in_default") else False,
        stretch.whole("default_days") if stretch.has("default_days") else 0,
        stretch.fraction("rate") if stretch.has("rate") else None,
    )


def interest_subsidy(facts: InterestFacts, terms: InterestTerms, rates: RateBook) -> Result:
    """The subsidy on one loan, in yuan, or the conditions that failed, or two readings where the base is unclear."""
    found = rate_on(rates.get(terms.series, ()), LOOKUPS[terms.lookup](facts.loan.contract_date))
    refusals = list(_refusals(facts, terms))
    if found is None:
        refusals.append(_rate_missing(facts.loan, terms))
    if found is None or refusals:
        return refused(terms.code, refusals)
    with localcontext(prec=PRECISION):
        return _stated(facts, terms, found) if terms.is_base_stated else _two_readings(facts, terms, found)


# --- conditions

Condition = Callable[[InterestFacts], bool]
_CONDITIONS: dict[str, tuple[Condition, str]] = {
    "not_independent_legal_person": (lambda facts: facts.claimant.is_independent_legal_person, "申报单位不是独立法人"),
    "ownership": (lambda facts: facts.loan.borrower_owns_patents, "出质专利不归借款企业所有"),
    "first_time_pledge": (lambda facts: facts.loan.first_time_pledge, "没有一件专利是首次质押"),
    "pledge_after_drawdown": (
        lambda facts: facts.loan.pledge_registered_on <= facts.loan.drawn_on,
        "质权登记日 {facts.loan.pledge_registered_on} 晚于放款日 {facts.loan.drawn_on}",
    ),
    "not_repaid_as_agreed": (lambda facts: facts.loan.repaid_as_agreed, "未按约定还本付息"),
    "double_subsidy": (
        lambda facts: facts.other_interest_subsidies == 0,
        "同一笔贷款已有 {facts.other_interest_subsidies} 项其他财政贴息",
    ),
}


def _refusals(facts: InterestFacts, terms: InterestTerms) -> Iterator[Refusal]:
    yield from terms.scope.refusals(facts.claimant)
    for code, (holds, fact) in _CONDITIONS.items():
        if code in terms.conditions and not holds(facts):
            yield Refusal(code, terms.article(code), fact.format(facts=facts))
    yield from _period_refusals(facts, terms)
    for code, fact in _contradictions(facts.loan):
        yield Refusal(code, terms.article(code), fact)


def _period_refusals(facts: InterestFacts, terms: InterestTerms) -> Iterator[Refusal]:
    day = facts.loan.contract_date
    if terms.in_force_from and day < terms.in_force_from:
        yield Refusal("not_in_force", terms.article("period"), f"合同签订日 {day} 早于生效日 {terms.in_force_from}")
    if terms.in_force_to and day >= terms.in_force_to:
        yield Refusal("not_in_force", terms.article("period"), f"合同签订日 {day} 不早于失效日 {terms.in_force_to}")
    if terms.max_years is not None and (facts.years_granted is None or facts.years_granted >= terms.max_years):
        had = "未提供已享受年数" if facts.years_granted is None else f"已享受 {facts.years_granted} 年"
        yield Refusal("max_years", terms.article("max_years"), f"{had}，最多 {terms.max_years} 年")


def _contradictions(loan: Loan) -> Iterator[tuple[str, str]]:
    """What in the balances cannot be true together: refused, because any sum over them would be wrong."""
    stretches = sorted(loan.balances, key=lambda stretch: (stretch.first, stretch.last))
    if not stretches:
        yield "balances_missing", "没有本金余额记录"
        return
    for stretch in stretches:
        if stretch.days < 0:
            yield "balances_reversed", f"余额时段 {stretch.first} 至 {stretch.last} 起止颠倒"
        elif stretch.default_days > stretch.days:
            yield (
                "default_days",
                f"余额时段 {stretch.first} 至 {stretch.last} 的逾期天数 {stretch.default_days} 超过该时段",
            )
        if stretch.principal > loan.principal:
            yield (
                "balance_above_principal",
                f"余额 {exact(stretch.principal)} 元超过贷款本金 {exact(loan.principal)} 元",
            )
    if stretches[0].first < loan.drawn_on:
        yield "balances_before_drawdown", f"余额时段自 {stretches[0].first} 起，早于放款日 {loan.drawn_on}"
    for before, after in pairwise(stretches):
        if after.first < before.last:
            yield "balances_overlap", f"余额时段重叠：{after.first} 早于 {before.last}"
        if after.first > before.last:
            yield "balances_gap", f"余额时段中断：{before.last} 至 {after.first}"


def _rate_missing(loan: Loan, terms: InterestTerms) -> Refusal:
    day = LOOKUPS[terms.lookup](loan.contract_date)
    code = "lpr_not_loaded" if terms.series == "lpr_1y" else "benchmark_not_loaded"
    return Refusal(code, terms.article("base"), f"平台未装入 {day} 适用的{SERIES_NAMES[terms.series]}")


# --- amounts


def _stated(facts: InterestFacts, terms: InterestTerms, found: PublishedRate) -> Result:
    lines = list(_reference_lines(facts.loan, terms, found))
    amount = _by_reference(facts.loan, terms, found)
    lines.append(Line(terms.article("rounding"), "各时段合计，四舍五入到分", str(amount)))
    for step, text, limit in _limits(facts, terms):
        amount = min(amount, limit)
        lines.append(Line(terms.article(step), text, str(amount)))
    return Result(terms.code, amount, payable=amount > 0, lines=tuple(lines))


def _two_readings(facts: InterestFacts, terms: InterestTerms, found: PublishedRate) -> Result:
    loan = facts.loan
    readings = {
        "lpr": _by_reference(loan, terms, found),
        "interest_paid": round_fen(loan.interest_paid * loan.pledge_share * terms.ratio),
    }
    lines = [
        *_reference_lines(loan, terms, found),
        Line(terms.article("rounding"), "读法一：以参考利率为基数，合计四舍五入到分", str(readings["lpr"])),
        Line(
            terms.article("base"),
            f"读法二：以已付利息为基数，{exact(loan.interest_paid)} 元 × 专利质押占比 {_plain(loan.pledge_share)}"
            f" × {_percent(terms.ratio)}",
            str(readings["interest_paid"]),
        ),
    ]
    for step, text, limit in _limits(facts, terms):
        readings = {name: min(amount, limit) for name, amount in readings.items()}
        lines.append(Line(terms.article(step), text + "（两种读法同样适用）", str(limit)))
    return Result(terms.code, None, payable=False, lines=tuple(lines), readings=readings)


def _by_reference(loan: Loan, terms: InterestTerms, found: PublishedRate) -> Decimal:
    """The sum of all stretches, rounded once: principal x days x rate is exact, so how a loan is cut changes nothing."""
    weighed = (
        stretch.principal * stretch.counted_days * _rate(stretch, loan, terms, found) for stretch in loan.balances
    )
    return round_fen(sum(weighed, start=Decimal(0)) * loan.pledge_share * terms.ratio / YEAR_DAYS)


def _rate(stretch: Stretch, loan: Loan, terms: InterestTerms, found: PublishedRate) -> Decimal:
    """The rate that these days count at: where the version says so, never above what the bank took in them."""
    actual = loan.actual_rate if stretch.rate is None else stretch.rate
    return min(found.rate, actual) if terms.lower_of_actual_rate else found.rate


def _reference_lines(loan: Loan, terms: InterestTerms, found: PublishedRate) -> Iterator[Line]:
    name, day = SERIES_NAMES[terms.series], LOOKUPS[terms.lookup](loan.contract_date)
    text = f"合同签订日 {loan.contract_date}，采用 {day} 及以前最近公布（{found.published_on}）的{name}"
    yield Line(terms.article("base"), text, _plain(found.rate))
    counted = {_rate(stretch, loan, terms, found) for stretch in loan.balances if stretch.counted_days}
    for rate in sorted(rate for rate in counted if rate < found.rate):
        yield Line(terms.article("base"), "实际利率低于参考利率，按实际利率计算", _plain(rate))
    if loan.pledge_share < 1:
        yield Line(terms.article("pledge_share"), "组合担保，只计专利质押部分", _plain(loan.pledge_share))
    for stretch in loan.balances:
        yield _stretch_line(stretch, loan, terms, _rate(stretch, loan, terms, found))


def _stretch_line(stretch: Stretch, loan: Loan, terms: InterestTerms, rate: Decimal) -> Line:
    span = f"{stretch.first} 至 {stretch.last}（算头不算尾，{stretch.days} 天）"
    if stretch.in_default:
        return Line(terms.article("default_days"), f"{span}逾期，不计", str(NOTHING))
    days = stretch.counted_days
    if stretch.default_days:
        span += f"，其中逾期 {stretch.default_days} 天不计"
    text = (
        f"{span}：本金 {exact(stretch.principal)} 元 × {days} ÷ {YEAR_DAYS}"
        f" × 占比 {_plain(loan.pledge_share)} × 利率 {_percent(rate)} × 贴息比例 {_percent(terms.ratio)}"
    )
    value = stretch.principal * days * loan.pledge_share * rate * terms.ratio / YEAR_DAYS
    return Line(terms.article("amount"), text, str(value.quantize(SHOWN)))


def _limits(facts: InterestFacts, terms: InterestTerms) -> Iterator[tuple[str, str, Decimal]]:
    if terms.never_above_interest_paid:
        paid = facts.loan.interest_paid
        yield "interest_paid", f"不超过企业已付利息 {exact(paid)} 元", paid
    if terms.cap_per_firm_year is not None:
        cap, granted = terms.cap_per_firm_year, facts.granted_this_year
        text = f"{facts.declaration_year} 申报年度每户限额 {exact(cap)} 元，已批 {exact(granted)} 元，不超过余额"
        yield "cap", text, max(cap - granted, NOTHING)


def _percent(fraction: Decimal) -> str:
    return f"{_plain(fraction * 100)}%"


def _plain(number: Decimal) -> str:
    """Without trailing zeros and never as 1E+2."""
    return f"{number.normalize():f}"
