"""Who bears which part of a loss, and who gets which part of what is recovered. No database, no clock.

Parts are rounded half up to the fen; one party takes what rounding leaves, so that they always add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from finance.enums import RiskParty
from portal.money import round_fen


@dataclass(frozen=True, slots=True)
class Split:
    """A version's ratio: fractions that add up to one."""

    shares: Mapping[str, Decimal]
    remainder_to: str

    def __post_init__(self) -> None:
        """Refuse a ratio that leaves something over, or parties that are unknown."""
        if sum(self.shares.values()) != 1 or any(share <= 0 for share in self.shares.values()):
            raise ValueError(f"shares {dict(self.shares)} do not add up to one")
        if self.remainder_to not in self.shares or set(self.shares) - set(RiskParty.values):
            raise ValueError(f"unknown party among {[*self.shares, self.remainder_to]}")


def read_split(parameters: Mapping[str, object]) -> Split:
    """The ratio of a rule version. Raises ValueError for one that cannot be."""
    shares: object = parameters["shares"]
    if not isinstance(shares, Mapping):
        raise ValueError("shares")  # noqa: TRY004 - a flaw of the rule, like every other
    return Split({str(party): Decimal(str(share)) for party, share in shares.items()}, str(parameters["remainder_to"]))


def parts_of(amount: Decimal, split: Split) -> dict[str, Decimal]:
    """Each party's part of `amount` yuan."""
    parts = {party: round_fen(amount * share) for party, share in split.shares.items() if party != split.remainder_to}
    parts[split.remainder_to] = amount - sum(parts.values())
    return parts


def recovered_parts(before: Decimal, amount: Decimal, split: Split) -> dict[str, Decimal]:
    """Each party's part of `amount` yuan recovered after `before` yuan were.

    What all recoveries so far give a party is its part of their sum: many small ones come to what one large would.
    """
    earlier, until_now = parts_of(before, split), parts_of(before + amount, split)
    return {party: until_now[party] - earlier[party] for party in split.shares}
