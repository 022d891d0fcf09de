"""From money received to each inventor: net income, floors and a division that loses no fen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from portal.errors import Invalid
from portal.money import FEN, exact
from portal.policy.results import Line

WHOLE = Decimal(1)
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Floor:
    """A lower bound of the law: a fraction of net income, and the article that sets it."""

    rate: Decimal
    article: str


@dataclass(frozen=True, slots=True)
class Rates:
    """Fractions of net income for inventors and for the transfer office. `article` is where each comes from."""

    inventor: Decimal
    inventor_article: str
    office: Decimal
    office_article: str


@dataclass(frozen=True, slots=True)
class Division:
    """Net income divided, in yuan; the three parts sum to `net`."""

    received: Decimal
    costs: Decimal
    net: Decimal
    inventors: Decimal
    office: Decimal
    institution: Decimal
    lines: tuple[Line, ...]


def split(total: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """`total` yuan by `shares` (fractions that sum to 1), to the fen: the parts sum to `total` exactly.

    Largest remainder: each part is rounded down, and the fen left over go to the largest remainders, the earlier
    share first where two are equal. No part differs from its exact value by a fen or more.
    """
    if sum(shares) != WHOLE:
        raise Invalid(f"份额合计应为 100%，现为 {percent(sum(shares, Decimal(0)))}。", field="shares")
    exact_parts = [total * share for share in shares]
    parts = [part.quantize(FEN, rounding=ROUND_DOWN) for part in exact_parts]
    left = int((total - sum(parts)) / FEN)
    by_remainder = sorted(range(len(shares)), key=lambda place: (parts[place] - exact_parts[place], place))
    for place in by_remainder[:left]:
        parts[place] += FEN
    return parts


def percent(share: Decimal) -> str:
    """A fraction as people read it: 0.333333 is 33.3333%."""
    text = f"{share * 100:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def check_rates(rates: Rates, *, inventor_floor: Floor, office_floor: Floor | None) -> None:
    """Refuse rates below the law's floor, or that give away more than the whole."""
    if rates.inventor < inventor_floor.rate:
        raise Invalid(
            f"完成人比例 {percent(rates.inventor)} 低于下限 {percent(inventor_floor.rate)}（{inventor_floor.article}）。",
            field="inventor_rate",
        )
    if office_floor and rates.office < office_floor.rate:
        raise Invalid(
            f"转化机构比例 {percent(rates.office)} 低于下限 {percent(office_floor.rate)}（{office_floor.article}）。",
            field="office_rate",
        )
    if rates.inventor + rates.office > WHOLE:
        raise Invalid("完成人与转化机构比例合计不能超过 100%。", field="inventor_rate")


def divide(received: Decimal, costs: Sequence[Decimal], rates: Rates) -> Division:
    """Net income (received less direct costs) divided among inventors, transfer office and institution.

    The inventors' part is rounded up to the fen, and so is the office's: a floor is a floor. The institution keeps
    the rest. Costs above the payment are refused: what is over belongs to the next payment.
    """
    spent = sum(costs, NOTHING)
    net = received - spent
    if net < 0:
        raise Invalid(
            f"直接成本合计 {exact(spent)} 元超过到账 {exact(received)} 元，超出部分请列入下一笔到账。", field="costs"
        )
    inventors = (net * rates.inventor).quantize(FEN, rounding=ROUND_UP)
    office = min((net * rates.office).quantize(FEN, rounding=ROUND_UP), net - inventors)
    institution = net - inventors - office
    lines = (
        Line("", "到账金额", exact(received)),
        Line("", f"减：直接成本 {len(costs)} 项", exact(spent)),
        Line("", "净收入", exact(net)),
        Line(rates.inventor_article, f"完成人 {percent(rates.inventor)}", exact(inventors)),
        Line(rates.office_article, f"转化机构和人员 {percent(rates.office)}", exact(office)),
        Line("", "单位留存", exact(institution)),
    )
    return Division(received, spent, net, inventors, office, institution, lines)


def equal_shares(count: int) -> list[Decimal]:
    """`count` equal fractions with six places that sum to 1: the first ones take what is left over."""
    unit = Decimal("0.000001")
    base = (WHOLE / count).quantize(unit, rounding=ROUND_DOWN)
    left = int((WHOLE - base * count).quantize(unit, rounding=ROUND_HALF_UP) / unit)
    return [base + unit if place < left else base for place in range(count)]
