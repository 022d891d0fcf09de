"""Which products there are, and which of them fit."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from finance.models import CreditLine, Product, Project, Valuation
from finance.policy.products import Offer, ProductTerms, ProjectFacts, offer
from portal import clock
from portal.accounts.enums import SizeClass
from portal.accounts.models import Organisation
from portal.attachments.models import Attachment

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Judged:
    """A product and what it comes to."""

    product: Product
    offer: Offer


@dataclass(frozen=True, slots=True)
class Wish:
    """What a firm would like to know in advance. No kinds and no value: not said."""

    amount: Decimal  # yuan
    term_months: int
    right_kinds: frozenset[str] = frozenset()
    value: Decimal | None = None  # yuan


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an institution could be asked for, and each other product with the reasons against it."""

    fitting: list[Judged]
    others: list[Judged]

    @property
    def amount_range(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest amount, in yuan, that the fitting products lend; None when none fits."""
        if not self.fitting:
            return None
        return min(one.offer.lowest for one in self.fitting), max(one.offer.highest for one in self.fitting)


def lenders_on_sale() -> list[Organisation]:
    """The institutions with a product on sale: those that a firm can be asked to share with."""
    offering = Product.objects.on_sale().values("institution_id")
    return list(Organisation.objects.filter(pk__in=offering).order_by("id"))


def fitting_products(project: Project, size: SizeClass) -> tuple[list[Product], list[tuple[Product, list[str]]]]:
    """The best product of each institution that fits, and every other with the reasons against it.

    Best is the lowest reference rate; only institutions that the firm agreed to share with are looked at.
    """
    on_sale = _on_sale().filter(institution__in=project.recipients.all())
    best: dict[int, Product] = {}
    others = []
    for one in _judge(facts_of(project, size), on_sale):
        if one.offer.fits:
            best.setdefault(one.product.institution_id, one.product)
        else:
            others.append((one.product, list(one.offer.reasons)))
    return sorted(best.values(), key=lambda product: product.institution_id), others


def estimate(firm: Organisation, wish: Wish, *, size: SizeClass) -> Estimate:
    """Which products on sale would take such a project of the firm, the cheapest first, and why not the others."""
    facts = ProjectFacts(wish.amount, wish.term_months, firm.city_code, size, wish.right_kinds, wish.value)
    return _parted(_judge(facts, _on_sale()))


def offers_for(project: Project) -> Estimate:
    """Every product on sale beside the project as it stands, papers and valuations counted."""
    size = SizeClass(project.size_class) if project.size_class else None
    return _parted(_judge(facts_of(project, size), _on_sale())) if size else Estimate([], [])


def next_best(project: Project) -> list[Product]:
    """The products that fit of institutions that have not had the project, the cheapest of each, cheapest first."""
    had = set(project.placements.values_list("institution_id", flat=True))
    best: dict[int, Product] = {}
    for one in offers_for(project).fitting:
        if one.product.institution_id not in had:
            best.setdefault(one.product.institution_id, one.product)
    return list(best.values())


def facts_of(project: Project, size: SizeClass) -> ProjectFacts:
    """The project as products judge it. The value is known when every patent has a valuation that is still good."""
    newest = Prefetch("valuations", Valuation.objects.order_by("-valued_on", "-id"))
    collateral = list(project.collateral.select_related("patent").prefetch_related(newest))
    values = [_good_value(row.valuations.all()) for row in collateral]
    kinds = {row.patent.kind for row in collateral} | set(project.rights.values_list("kind", flat=True))
    known = [value for value in values if value is not None]
    return ProjectFacts(
        amount=project.amount,
        term_months=project.term_months,
        city_code=project.city_code,
        size_class=size,
        right_kinds=frozenset(kinds),
        value=sum(known, start=NOTHING) if known and len(known) == len(values) else None,
        papers=frozenset(Attachment.objects.of(project).values_list("purpose", flat=True)),
    )


def _good_value(valuations: Collection[Valuation]) -> Decimal | None:
    newest = next(iter(valuations), None)
    return newest.amount if newest and newest.valid_until >= clock.today() else None


def _on_sale() -> QuerySet[Product]:
    lines = Prefetch("credit_line", CreditLine.objects.with_use())
    rows = Product.objects.on_sale().select_related("institution").prefetch_related(lines)
    return rows.order_by("annual_rate", "id")


def _judge(facts: ProjectFacts, products: QuerySet[Product]) -> list[Judged]:
    return [Judged(product, offer(facts, terms_of(product))) for product in products]


def _parted(judged: list[Judged]) -> Estimate:
    return Estimate([one for one in judged if one.offer.fits], [one for one in judged if not one.offer.fits])


def terms_of(product: Product) -> ProductTerms:
    """The product as the policy reads it. A line that is not open now has nothing left."""
    line, today, rest = product.credit_line, clock.today(), None
    if line is not None:
        rest = line.rest if line.open_from <= today <= line.open_until else NOTHING
        rest = min(rest, line.per_firm) if line.per_firm is not None else rest
    return ProductTerms(
        min_amount=product.min_amount,
        max_amount=product.max_amount,
        max_term_months=product.max_term_months,
        cities=product.cities,
        size_classes=product.size_classes,
        right_kinds=product.right_kinds,
        max_pledge_ratio=product.max_pledge_ratio,
        papers=product.papers,
        line_rest=rest,
    )
