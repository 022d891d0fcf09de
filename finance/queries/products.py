"""Which products there are, and which of them fit."""

from finance.models import Product, Project
from finance.policy.products import ProductTerms, ProjectFacts, reasons_against
from portal.accounts.enums import SizeClass
from portal.accounts.models import Organisation


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


def _terms(product: Product) -> ProductTerms:
    return ProductTerms(
        product.min_amount, product.max_amount, product.max_term_months, product.cities, product.size_classes
    )
