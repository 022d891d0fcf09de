"""How a patent is offered, as lists, sheets and comparisons show it: every way, and the price or its range."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from patents.models import Listing, Patent
from portal import money

NEGOTIABLE = "面议"


@dataclass(frozen=True, slots=True)
class Offered:
    """Ways in words; the lowest and the highest price in yuan, equal where there is one."""

    ways: str
    low: Decimal | None
    high: Decimal | None
    is_negotiable: bool

    @property
    def price(self) -> str:
        """The price or its range for reading; empty where nothing is said of it."""
        if self.low is None:
            return NEGOTIABLE if self.is_negotiable else ""
        low, high = money.short(self.low), money.short(self.high or self.low)
        words = low if self.high in (None, self.low) else f"{low} 至 {high}"
        return f"{words}（可{NEGOTIABLE}）" if self.is_negotiable else words


def with_offers(patents: Iterable[Patent]) -> list[Any]:
    """The patents, each with what is offered as `offered`. One query."""
    rows = list(patents)
    running = Listing.objects.running().filter(patent__in=[patent.pk for patent in rows])
    shown = running.only("patent_id", "transfer_ways", "price_low_amount", "price_high_amount", "is_price_negotiable")
    listings = {listing.patent_id: listing for listing in shown}
    for patent in rows:
        patent.offered = _offered(patent, listings.get(patent.pk))  # type: ignore[attr-defined]
    return rows


def _offered(patent: Patent, listing: Listing | None) -> Offered:
    """Of its listing in the pool; without one, what the record says."""
    if listing is None:
        way = str(patent.get_transfer_way_display()) if patent.transfer_way else ""
        return Offered(way, patent.price_amount, patent.price_amount, is_negotiable=False)
    low, high = listing.price_low_amount, listing.price_high_amount
    return Offered(listing.way_names, low, low if high is None else high, listing.is_price_negotiable)
