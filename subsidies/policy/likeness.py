"""When a payment of another body is, or looks like, the same as a claim."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

ALIKE = 0.8
"""Share of characters in common from which two contract numbers look alike (own default)."""


@dataclass(frozen=True, slots=True)
class Object:
    """What a claim is about: its loan's number as `loan_key` gives it, and the patents behind it."""

    uscc: str
    loan_key: str
    principal: Decimal | None
    patent_numbers: Collection[str]


@dataclass(frozen=True, slots=True)
class Likeness:
    is_exact: bool
    words: str


def loan_key(ref: str) -> str:
    """A contract number without what people write differently: letters and digits, capitals, half width."""
    plain = unicodedata.normalize("NFKC", ref).upper()
    return "".join(character for character in plain if character.isalnum())[:60]


def likeness(claim: Object, payment: Object) -> Likeness | None:
    """How the two are alike; None when they are not.

    Exact: the same firm and the same contract number, or the same patent where no loan is in play. Near: the same
    firm with a similar contract number, the same principal or a pledged patent in common.
    """
    if claim.uscc != payment.uscc:
        return None
    common = set(claim.patent_numbers) & set(payment.patent_numbers)
    if claim.loan_key and claim.loan_key == payment.loan_key:
        return Likeness(is_exact=True, words="贷款合同号一致")
    if not claim.loan_key and not payment.loan_key and common:
        return Likeness(is_exact=True, words="专利号一致")
    near = []
    if claim.loan_key and payment.loan_key and _are_alike(claim.loan_key, payment.loan_key):
        near.append("贷款合同号相近")
    if claim.principal is not None and claim.principal == payment.principal:
        near.append("贷款本金相同")
    if common:
        near.append("质押专利相同")
    return Likeness(is_exact=False, words="、".join(near)) if near else None


def _are_alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
