"""Which products fit a project, and how much each would lend. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from finance.enums import PaperKind, RightKind
from portal.accounts.enums import SizeClass
from portal.money import FEN, short


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What is known of a project or a wish. `value` None: nothing was valued yet, so no ratio is judged."""

    amount: Decimal  # yuan
    term_months: int
    city_code: str
    size_class: SizeClass
    right_kinds: frozenset[str] = frozenset()  # empty: not said
    value: Decimal | None = None  # yuan of all that is offered
    papers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProductTerms:
    min_amount: Decimal  # yuan
    max_amount: Decimal  # yuan
    max_term_months: int
    cities: Sequence[str]  # empty: all
    size_classes: Sequence[str]  # empty: all
    right_kinds: Sequence[str] = ()  # empty: all
    max_pledge_ratio: Decimal | None = None
    papers: Sequence[str] = ()
    line_rest: Decimal | None = None  # yuan left of the credit line; None: no line, or no end to it


@dataclass(frozen=True, slots=True)
class Offer:
    """What one product comes to for one project."""

    reasons: tuple[str, ...]  # why it does not fit, in the firm's words; empty when it fits
    lowest: Decimal  # yuan
    highest: Decimal  # yuan that it would lend at most; below `lowest` when it lends nothing
    missing_papers: tuple[str, ...]  # kinds of papers that are asked for and not there

    @property
    def fits(self) -> bool:
        return not self.reasons

    @property
    def papers_in_words(self) -> str:
        return "、".join(str(PaperKind(kind).label) for kind in self.missing_papers)


def offer(project: ProjectFacts, product: ProductTerms) -> Offer:
    """Judge a product for a project.

    Papers that lack are told and stand against nothing: the institution asks for them. The most that is lent is the
    lowest of the product's limit, the pledge ratio times the value (rounded down to the fen) and the line's rest.
    """
    limits = [product.max_amount]
    if product.max_pledge_ratio is not None and project.value is not None:
        limits.append((project.value * product.max_pledge_ratio).quantize(FEN, rounding=ROUND_DOWN))
    if product.line_rest is not None:
        limits.append(product.line_rest)
    missing = tuple(kind for kind in product.papers if kind not in project.papers)
    return Offer(tuple(reasons_against(project, product)), product.min_amount, min(limits), missing)


def reasons_against(project: ProjectFacts, product: ProductTerms) -> list[str]:
    """Why the product does not fit the project, in the firm's words; empty when it fits."""
    return [*_amount_reasons(project, product), *_kind_reasons(project, product)]


def _amount_reasons(project: ProjectFacts, product: ProductTerms) -> list[str]:
    reasons = []
    if project.amount < product.min_amount:
        reasons.append(f"融资金额低于该产品最低额度 {short(product.min_amount)}")
    if project.amount > product.max_amount:
        reasons.append(f"融资金额高于该产品最高额度 {short(product.max_amount)}")
    if product.max_pledge_ratio is not None and project.value is not None:
        most = (project.value * product.max_pledge_ratio).quantize(FEN, rounding=ROUND_DOWN)
        if project.amount > most:
            ratio = f"{product.max_pledge_ratio * 100:.4f}".rstrip("0").rstrip(".")
            reasons.append(f"按评估价值 {short(project.value)} 和最高质押率 {ratio}%，最多可贷 {short(most)}")
    if product.line_rest is not None and project.amount > product.line_rest:
        reasons.append(f"所属集合授信剩余额度 {short(product.line_rest)}，不足以满足融资金额")
    if project.term_months > product.max_term_months:
        reasons.append(f"期限超过该产品最长 {product.max_term_months} 个月")
    return reasons


def _kind_reasons(project: ProjectFacts, product: ProductTerms) -> list[str]:
    reasons = []
    if product.cities and project.city_code not in product.cities:
        reasons.append("该产品不在企业所在市开办")
    if product.size_classes and project.size_class not in product.size_classes:
        reasons.append(f"该产品不面向{SizeClass(project.size_class).label}企业")
    if product.right_kinds and project.right_kinds and not project.right_kinds & set(product.right_kinds):
        taken = "、".join(str(RightKind(kind).label) for kind in product.right_kinds)
        reasons.append(f"该产品只接受{taken}质押")
    return reasons
