"""Cutting claims that a budget does not reach for."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from portal.money import FEN


def pro_rata(amounts: Sequence[Decimal], left: Decimal) -> list[Decimal]:
    """What each gets of `left` yuan: all of it where it reaches, else its share, to the fen.

    Shares are cut down to the fen; the fen that remain go to the largest cut-off parts, the earlier first, so that
    the sum is exactly `left` and nobody gets more than was asked.
    """
    total = sum(amounts, start=Decimal(0))
    if total <= left:
        return list(amounts)
    exact = [Fraction(amount) * Fraction(left) / Fraction(total) for amount in amounts]
    shares = [_cut(share) for share in exact]
    remaining = int((left - sum(shares, start=Decimal(0))) / FEN)
    by_loss = sorted(range(len(amounts)), key=lambda place: (Fraction(shares[place]) - exact[place], place))
    for place in by_loss[:remaining]:
        shares[place] += FEN
    return shares


def _cut(share: Fraction) -> Decimal:
    return (Decimal(int(share * 100)) / 100).quantize(FEN, ROUND_DOWN)
