"""What the stated facts of a need and a listing add to a score, and which missing facts would. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from demand.enums import CooperationWay, MissingFact, ScorePart
from demand.ranking.figures import Figure, figures, met
from demand.ranking.weights import (
    CITY_POINTS,
    FIGURES_POINTS,
    LEGAL_POINTS,
    MATURITY_POINTS,
    PRICE_POINTS,
    WAY_POINTS,
)
from patents.enums import IN_FORCE, LegalStatus, TransferWay
from patents.index.corpus import PatentFacts, PatentText

PENDING = frozenset({LegalStatus.FILED, LegalStatus.PUBLISHED, LegalStatus.IN_EXAMINATION})
HIGHEST_MATURITY = 9
SUITING_WAYS = {
    CooperationWay.TRANSFER: frozenset({TransferWay.TRANSFER}),
    CooperationWay.LICENCE: frozenset({TransferWay.LICENCE, TransferWay.OPEN_LICENCE}),
    CooperationWay.INVESTMENT: frozenset({TransferWay.INVESTMENT}),
}


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """What a need states beside its words. Budget in yuan; it stays between the firm and the officials."""

    cooperation_way: str = ""
    budget_amount: Decimal | None = None
    city_code: str = ""
    target_figures: str = ""
    figures: tuple[Figure, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", tuple(figures(self.target_figures)))


@dataclass(frozen=True, slots=True)
class FactCount:
    """A part that counts a fact, from 0 to its points; or the fact that is missing to count it."""

    part: ScorePart
    points: float = 0.0
    missing: MissingFact | None = None


def count_facts(need: NeedFacts, listing: PatentFacts, text: PatentText) -> list[FactCount]:
    """One count for each fact, in the order in which parts are shown."""
    counts: Sequence[Callable[[], FactCount]] = (
        lambda: _figures(need, text),
        lambda: _maturity(listing),
        lambda: _price(need, listing),
        lambda: _way(need, listing),
        lambda: FactCount(ScorePart.CITY, CITY_POINTS * bool(need.city_code and need.city_code == listing.city_code)),
        lambda: _legal(listing),
    )
    return [count() for count in counts]


def _figures(need: NeedFacts, text: PatentText) -> FactCount:
    if not need.figures:
        return FactCount(ScorePart.FIGURES, missing=MissingFact.NEED_FIGURES)
    share = met(need.figures, f"{text.title} {text.abstract}") / len(need.figures)
    missing = MissingFact.PATENT_FIGURES if share < 1 else None
    return FactCount(ScorePart.FIGURES, FIGURES_POINTS * share, missing)


def _maturity(listing: PatentFacts) -> FactCount:
    if listing.maturity is None:
        return FactCount(ScorePart.MATURITY, missing=MissingFact.PATENT_MATURITY)
    return FactCount(ScorePart.MATURITY, MATURITY_POINTS * (listing.maturity - 1) / (HIGHEST_MATURITY - 1))


def _price(need: NeedFacts, listing: PatentFacts) -> FactCount:
    """All points up to the budget, none from twice the budget on."""
    if listing.price_amount is None:
        return FactCount(ScorePart.PRICE, missing=MissingFact.PATENT_PRICE)
    if need.budget_amount is None:
        return FactCount(ScorePart.PRICE, missing=MissingFact.NEED_BUDGET)
    if listing.price_amount <= need.budget_amount:
        return FactCount(ScorePart.PRICE, PRICE_POINTS)
    share = 2 - listing.price_amount / need.budget_amount if need.budget_amount else Decimal(0)
    return FactCount(ScorePart.PRICE, PRICE_POINTS * max(float(share), 0.0))


def _way(need: NeedFacts, listing: PatentFacts) -> FactCount:
    if not listing.transfer_way:
        return FactCount(ScorePart.WAY, missing=MissingFact.PATENT_WAY)
    suiting = SUITING_WAYS.get(CooperationWay(need.cooperation_way)) if need.cooperation_way else None
    suits = suiting is None or listing.transfer_way in suiting
    return FactCount(ScorePart.WAY, WAY_POINTS * suits)


def _legal(listing: PatentFacts) -> FactCount:
    """All points while in force, half while pending, none once it ended."""
    if listing.legal_status in ("", LegalStatus.UNKNOWN):
        return FactCount(ScorePart.LEGAL, missing=MissingFact.PATENT_LEGAL)
    share = 1.0 if listing.legal_status in IN_FORCE else 0.5 if listing.legal_status in PENDING else 0.0
    return FactCount(ScorePart.LEGAL, LEGAL_POINTS * share)
