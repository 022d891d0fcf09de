"""Annual fees: what each year costs, when it is due and what being late adds. No database, no clock."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from patents.enums import FeeReduction, PatentKind
from patents.policy.terms import fee_due_on, grace_ends_on, term_years
from portal.dates import add_months
from portal.errors import Invalid
from portal.money import FEN, round_fen
from portal.policy.facts import Facts

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class FeeRule:
    """One version of the table of fees. Amounts are yuan a year, rates fractions of the full fee."""

    code: str
    yearly: Mapping[str, tuple[Decimal, ...]]  # by kind; the first is year 1
    reductions: Mapping[str, Decimal]  # by FeeReduction; the part that is cut
    reduction_years: int  # years from grant in which a reduction applies
    open_licence_cut: Decimal
    surcharge_rate: Decimal  # of the full fee, for each month over
    is_first_month_free: bool
    unconfirmed: tuple[str, ...]  # parameters that no source confirms, in the user's words


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """What one patent's fees depend on."""

    kind: str
    filed_on: dt.date
    granted_on: dt.date | None
    paid_through: int | None  # last patent year paid; None: nobody said
    reduction: str
    has_open_licence: bool


@dataclass(frozen=True, slots=True)
class FeeYear:
    """The fee of one patent year."""

    year: int
    due_on: dt.date
    grace_ends_on: dt.date
    full_amount: Decimal
    amount: Decimal  # after the most favourable cut
    cut: str  # which cut that is, in the user's words; empty: none
    is_paid: bool | None  # None: nobody said


def read_fee_rule(code: str, parameters: Mapping[str, Any]) -> FeeRule:
    """The rule in a version's parameters. Raises Invalid naming what is missing or wrong."""
    facts = Facts(parameters)
    yearly = {str(kind): _years(facts.part("yearly"), kind) for kind in PatentKind}
    reductions = facts.part("reductions")
    return FeeRule(
        code=code,
        yearly=yearly,
        reductions={
            str(FeeReduction.SINGLE): reductions.fraction("single"),
            str(FeeReduction.JOINT): reductions.fraction("joint"),
        },
        reduction_years=facts.whole("reduction_years"),
        open_licence_cut=facts.fraction("open_licence_cut"),
        surcharge_rate=facts.fraction("surcharge_rate"),
        is_first_month_free=facts.flag("first_month_free"),
        unconfirmed=tuple(str(word) for word in facts.items("unconfirmed")),
    )


def _years(table: Facts, kind: str) -> tuple[Decimal, ...]:
    """`{"1-3": "900.00", ...}` as one amount per year, without gaps."""
    bands = table.part(kind)
    amounts: list[Decimal] = []
    for band in sorted(bands.data, key=lambda word: int(word.split("-")[0])):
        first, last = (int(word) for word in band.split("-"))
        if first != len(amounts) + 1 or last < first:
            raise Invalid(f"年费表“{kind}”的年度 {band} 与前一段不相接。", field=f"yearly.{kind}")
        amounts += [bands.money(band)] * (last - first + 1)
    return tuple(amounts)


def full_fee(rule: FeeRule, kind: str, year: int) -> Decimal:
    """The fee of patent year `year` before any cut, in yuan. Raises Invalid where the table has no such year."""
    table = rule.yearly[kind]
    if not 1 <= year <= len(table):
        raise Invalid(f"年费表没有第 {year} 年度。", field="year")
    return table[year - 1]


def fee_after_cut(rule: FeeRule, facts: FeeFacts, year: int) -> tuple[Decimal, str]:
    """The fee after the most favourable cut and that cut's name; cuts are never added up (notice of 2024-07-24).

    A granted reduction applies to the fees that fall due within `reduction_years` of the grant; without a grant
    date it is not applied. The open-licence cut applies while the declaration stands.
    """
    full = full_fee(rule, facts.kind, year)
    cuts: list[tuple[Decimal, str]] = [(NOTHING, "")]
    if facts.reduction in rule.reductions and _is_within_reduction(rule, facts, year):
        rate = rule.reductions[facts.reduction]
        cuts.append((rate, f"减缴 {_percent(rate)}"))
    if facts.has_open_licence:
        cuts.append((rule.open_licence_cut, f"开放许可减免 {_percent(rule.open_licence_cut)}"))
    rate, name = max(cuts, key=lambda cut: cut[0])
    return round_fen(full * (1 - rate)), name


def _is_within_reduction(rule: FeeRule, facts: FeeFacts, year: int) -> bool:
    if facts.granted_on is None:
        return False
    return fee_due_on(facts.filed_on, year) < add_months(facts.granted_on, 12 * rule.reduction_years)


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"


def months_late(due_on: dt.date, paid_on: dt.date) -> int:
    """Months begun after the due day: the day after it is in the first, its day of the next month still."""
    months = 0
    while add_months(due_on, months) < paid_on:
        months += 1
    return months


def surcharge(rule: FeeRule, full_amount: Decimal, due_on: dt.date, paid_on: dt.date) -> Decimal:
    """What paying on `paid_on` adds, in yuan: 5 % of the full fee for each month over (rules art. 115).

    With the first month free (unconfirmed) each month counted is the one after.

    Raises:
        Invalid: the six months of grace are over; the office takes no payment.
    """
    months = months_late(due_on, paid_on)
    if paid_on > add_months(due_on, 6):
        raise Invalid(f"补缴期限已于 {add_months(due_on, 6)} 届满，不能再补缴。", field="paid_on")
    counted = max(months - 1, 0) if rule.is_first_month_free else months
    return (full_amount * rule.surcharge_rate * counted).quantize(FEN)


def calendar(rule: FeeRule, facts: FeeFacts) -> list[FeeYear]:
    """Every annual fee from the year of grant to the end of the term.

    The fee of the year of grant is paid with the grant; without a grant date the calendar begins with year 1.
    """
    first = year_of(facts.filed_on, facts.granted_on) if facts.granted_on else 1
    years = range(first, term_years(facts.kind, facts.filed_on) + 1)
    return [_fee_year(rule, facts, year) for year in years]


def year_of(filed_on: dt.date, day: dt.date) -> int:
    """The patent year in which `day` lies; year 1 begins on the filing day."""
    year = max(1, day.year - filed_on.year)
    while fee_due_on(filed_on, year + 1) <= day:
        year += 1
    return year


def _fee_year(rule: FeeRule, facts: FeeFacts, year: int) -> FeeYear:
    amount, cut = fee_after_cut(rule, facts, year)
    return FeeYear(
        year=year,
        due_on=fee_due_on(facts.filed_on, year),
        grace_ends_on=grace_ends_on(facts.filed_on, year),
        full_amount=full_fee(rule, facts.kind, year),
        amount=amount,
        cut=cut,
        is_paid=None if facts.paid_through is None else year <= facts.paid_through,
    )


def next_fee(years: list[FeeYear], today: dt.date) -> FeeYear | None:
    """The fee to pay next: the first unpaid one, or, where nobody said what is paid, the first not yet due."""
    for year in years:
        if year.is_paid is False or (year.is_paid is None and year.due_on >= today):
            return year
    return None
