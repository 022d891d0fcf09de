"""Indicators of the plan, each with the rows it counts (RULES section 10).

I11 is the amount and I12 the number of patent pledge loans. Both count by the day the money was drawn, and the whole
principal of a loan that patents secure, also where they secure only a part. The portal's reading of the plan, not
confirmed: the notice's annexed table could not be read.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from finance.enums import AnswerKind
from finance.models import Answer, Loan, LoanQuerySet
from portal import regions
from stats.periods import Period

_CITY = "placement__project__city_code"
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Figure:
    """Loans counted (项) and their principal in yuan."""

    count: int = 0
    amount: Decimal = NOTHING

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.count + other.count, self.amount + other.amount)


@dataclass(frozen=True, slots=True)
class PledgeRow:
    """A city's loans of a period beside those of the year before."""

    city_code: str
    now: Figure
    before: Figure

    @property
    def count_growth(self) -> Decimal | None:
        return growth(Decimal(self.now.count), Decimal(self.before.count))

    @property
    def amount_growth(self) -> Decimal | None:
        return growth(self.now.amount, self.before.amount)


def growth(now: Decimal, before: Decimal) -> Decimal | None:
    """How much more than before, as a fraction, not rounded; None over a base of zero, which is shown as a dash."""
    return (now - before) / before if before else None


def pledge_loans(period: Period) -> LoanQuerySet:
    """The loans that I11 and I12 count in the period."""
    return Loan.objects.filter(drawn_on__range=(period.first, period.last))


def in_city(loans: LoanQuerySet, city_code: str) -> LoanQuerySet:
    """Those of the loans that the city counts; areas that became part of it count with it."""
    merged = [old for old, present in regions.RETIRED.items() if present == city_code]
    within = Q()
    for code in (city_code, *merged):
        within |= Q(**{f"{_CITY}__startswith": code[:4]})
    return loans.filter(within)


def figure_of(loans: LoanQuerySet) -> Figure:
    """Number and principal of the loans. One query."""
    found = loans.order_by().aggregate(count=Count("pk"), amount=Sum("principal", default=NOTHING))
    return Figure(**found)


def pledge_by_city(period: Period) -> tuple[list[PledgeRow], PledgeRow]:
    """One row for each city in the order of their codes, and the province's, which is the sum of all. One query."""
    now, before = _in(period), _in(period.year_before)
    counted = (
        Loan.objects.filter(now | before)
        .order_by()
        .values_list(_CITY)
        .annotate(
            count_now=Count("pk", filter=now),
            amount_now=Sum("principal", filter=now, default=NOTHING),
            count_before=Count("pk", filter=before),
            amount_before=Sum("principal", filter=before, default=NOTHING),
        )
    )
    found: dict[str, tuple[Figure, Figure]] = defaultdict(lambda: (Figure(), Figure()))
    for area, count, amount, count_before, amount_before in counted:
        city = regions.city_of(area)
        so_far = found[city]
        found[city] = (so_far[0] + Figure(count, amount), so_far[1] + Figure(count_before, amount_before))
    # A body of the province itself belongs to no city; its row appears when there is something in it.
    codes = [*regions.CITIES, *(code for code in found if code not in regions.CITIES)]
    rows = [PledgeRow(code, *found[code]) for code in codes]
    total = PledgeRow("", sum((row.now for row in rows), Figure()), sum((row.before for row in rows), Figure()))
    return rows, total


def _in(period: Period) -> Q:
    return Q(drawn_on__range=(period.first, period.last))


def with_source(loans: LoanQuerySet) -> Any:
    """The loans as opened rows, latest first, each with the answer through the interface that it came by."""
    answers = Answer.objects.filter(placement=OuterRef("placement"), kind=AnswerKind.LEND)
    return (
        loans.select_related("placement__project__organisation", "placement__institution")
        .annotate(answer_id=Subquery(answers.values("pk")[:1]), answered_at=Subquery(answers.values("at")[:1]))
        .order_by("-drawn_on", "-id")
    )
