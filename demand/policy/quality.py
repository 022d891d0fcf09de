"""The figures of the board of quality. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

_RATE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Counts:
    """What a week ended with, of one city and industry or of several together."""

    published: int = 0
    contacted: int = 0
    good_match: int = 0
    gap: int = 0
    contact_days: tuple[int, ...] = ()

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.published + other.published,
            self.contacted + other.contacted,
            self.good_match + other.good_match,
            self.gap + other.gap,
            self.contact_days + other.contact_days,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares are fractions to four places, half up; None where there is nothing to divide by.

    efficiency: needs with a confirmed contact (accepted interest or talks of a deal) among the published ones.
    topic_gap: needs in fields in which no need has a good match. good_match: needs with one.
    contact_days: median of whole days from publication to the first contact.
    """

    efficiency: Decimal | None
    topic_gap: Decimal | None
    good_match: Decimal | None
    contact_days: Decimal | None


def figures_of(counts: Counts) -> Figures:
    """The four figures of the board."""
    middle = median(counts.contact_days) if counts.contact_days else None
    return Figures(
        _share(counts.contacted, counts.published),
        _share(counts.gap, counts.published),
        _share(counts.good_match, counts.published),
        None if middle is None else Decimal(str(middle)),
    )


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """What is counted of one need at the end of a week."""

    fields: tuple[str, ...]
    has_good_match: bool
    contact_days: int | None


def count_needs(needs: Iterable[tuple[tuple[str, str], NeedFacts]]) -> dict[tuple[str, str], Counts]:
    """Counts by (city, industry). Whether a field has good matches is asked of all needs together."""
    needs = list(needs)
    answered = {field for _, need in needs if need.has_good_match for field in need.fields}
    totals: dict[tuple[str, str], Counts] = {}
    for key, need in needs:
        is_contacted = need.contact_days is not None
        one = Counts(
            1,
            int(is_contacted),
            int(need.has_good_match),
            int(is_in_gap(need, answered)),
            () if need.contact_days is None else (need.contact_days,),
        )
        totals[key] = totals.get(key, Counts()) + one
    return totals


def is_in_gap(need: NeedFacts, answered: set[str]) -> bool:
    """No field of the need has a good match; a need that names no field stands for itself."""
    return not need.has_good_match and answered.isdisjoint(need.fields)


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(_RATE, ROUND_HALF_UP) if whole else None
