"""Shares of co-owners, written by people. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from portal.errors import Invalid

_BETWEEN = re.compile(r"[;；、,，\s]+")
_PART = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%")
PLACES = Decimal("0.000001")
WHOLE, HUNDRED = Decimal(1), Decimal(100)


def parse_shares(text: str) -> tuple[Decimal, ...]:
    """`70%；30%` as fractions, which sum to 1. Raises Invalid."""
    parts = [part for part in _BETWEEN.split(unicodedata.normalize("NFKC", text).strip()) if part]
    found = [_PART.fullmatch(part) for part in parts]
    if not parts or None in found:
        raise Invalid("份额应写成“70%；30%”的形式，按权利人的次序。")
    shares = tuple((Decimal(match[1]) / HUNDRED).quantize(PLACES) for match in found if match)
    require_whole(shares)
    return shares


def require_whole(shares: Sequence[Decimal]) -> None:
    """Raise Invalid unless each share is above nothing and all sum to 100 %."""
    if any(share <= 0 for share in shares):
        raise Invalid("每个份额应大于 0。")
    if sum(shares) != WHOLE:
        raise Invalid(f"份额合计应为 100%，现为 {sum(shares) * HUNDRED:.4f}%。")
