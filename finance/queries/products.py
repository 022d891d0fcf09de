"""Which products there are, and which of them fit."""

from dataclasses import dataclass
from decimal import Decimal

from finance.models import Product, Project
from finance.policy.products import ProductTerms, ProjectFacts, reasons_against
from portal.accounts.enums import SizeClass
from portal.accounts.models import Organisation


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an institution could be asked for, and each other product with the reasons against it."""

    fitting: list[Product]
    others: list[tuple[Product, list[str]]]

    @property
    def amount_range(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest amount, in yuan, that the fitting products lend; None when none fits."""
        if not self.fitting:
            return None
        return min(one.min_amount for one in self.fitting), max(one.max_amount for one in self.fitting)


def lenders_on_sale() -> list[Organisation]:
    """The institutions with a product on sale: those that a firm can be asked to share with."""
    offering = Product.objects.on_sale().values("institution_id")
    return list(Organisation.objects.filter(pk__in=offering).order_by("id"))


def fitting_products(project: Project, size: SizeClass) -> tuple[list[Product], list[tuple[Product, list[str]]]]:
    """The best product of each institution that fits, and every other with the reasons against it.

    Best is the lowest reference rate; only institutions that the firm agreed to share with are looked at.
    """
    facts = ProjectFacts(project.amount, project.term_months, project.city_code, size)
    on_sale = (
        Product.objects.on_sale()
        .filter(institution__in=project.recipients.all())
        .select_related("institution")
        .order_by("annual_rate", "id")
    )
    best: dict[int, Product] = {}
    others = []
    for product in on_sale:
        if reasons := reasons_against(facts, _terms(product)):
            others.append((product, reasons))
        else:
            best.setdefault(product.institution_id, product)
    return sorted(best.values(), key=lambda product: product.institution_id), others


def estimate(firm: Organisation, *, amount: Decimal, term_months: int, size: SizeClass) -> Estimate:
    """Which products on sale would take such a project of the firm, the cheapest first, and why not the others."""
    facts = ProjectFacts(amount, term_months, firm.city_code, size)
    fitting, others = [], []
    for product in Product.objects.on_sale().select_related("institution").order_by("annual_rate", "id"):
        reasons = reasons_against(facts, _terms(product))
        if reasons:
            others.append((product, reasons))
        else:
            fitting.append(product)
    return Estimate(fitting, others)


def next_best(project: Project) -> list[Product]:
    """The products that fit of institutions that have not had the project, the cheapest of each, cheapest first."""
    if not project.size_class:
        return []
    had = set(project.placements.values_list("institution_id", flat=True))
    found = estimate(
        project.organisation,
        amount=project.amount,
        term_months=project.term_months,
        size=SizeClass(project.size_class),
    )
    best: dict[int, Product] = {}
    for product in found.fitting:
        if product.institution_id not in had:
            best.setdefault(product.institution_id, product)
    return list(best.values())


def _terms(product: Product) -> ProductTerms:
    return ProductTerms(
        product.min_amount, product.max_amount, product.max_term_months, product.cities, product.size_classes
    )
