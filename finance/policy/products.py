"""Which products fit a project. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.accounts.enums import SizeClass
from portal.money import short


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    amount: Decimal  # yuan
    term_months: int
    city_code: str
    size_class: SizeClass


@dataclass(frozen=True, slots=True)
class ProductTerms:
    min_amount: Decimal  # yuan
    max_amount: Decimal  # yuan
    max_term_months: int
    cities: Sequence[str]  # empty: all
    size_classes: Sequence[str]  # empty: all


def reasons_against(project: ProjectFacts, product: ProductTerms) -> list[str]:
    """Why the product does not fit the project, in the firm's words; empty when it fits."""
    reasons = []
    if project.amount < product.min_amount:
        reasons.append(f"融资金额低于该产品最低额度 {short(product.min_amount)}")
    if project.amount > product.max_amount:
        reasons.append(f"融资金额高于该产品最高额度 {short(product.max_amount)}")
    if project.term_months > product.max_term_months:
        reasons.append(f"期限超过该产品最长 {product.max_term_months} 个月")
    if product.cities and project.city_code not in product.cities:
        reasons.append("该产品不在企业所在市开办")
    if product.size_classes and project.size_class not in product.size_classes:
        reasons.append(f"该产品不面向{SizeClass(project.size_class).label}企业")
    return reasons
