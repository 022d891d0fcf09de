"""Reads of the pool: the public search, its facets and its order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import overload

import numpy as np
import numpy.typing as npt
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from patents.classifications import ipc_levels
from patents.columns.store import NO_PRICE, current_table
from patents.columns.table import Mask, Table, Values
from patents.enums import OpenLicenceState, Overlay, Sorting
from patents.models import OpenLicence, Patent
from patents.numbers import parse_application_number
from patents.text import search_query_tokens
from patents.words.store import having_words
from portal.accounts.models import Organisation
from portal.errors import Invalid

RESULT_LIMIT = 10_000
"""A search shows at most this many patents; a longer answer helps nobody and costs everybody."""
MIN_NUMBER_PREFIX = 4
NUMBER_LENGTHS = (8, 12)
MATCHED_HOLDERS = 500
MIN_NAME, SUGGESTED_NAMES = 2, 10
FACETS = ("kind", "city", "ipc", "status", "holder", "maturity", "way", "licence", "sei", "intensive")
LIST_FIELDS = (
    "id", "number", "check_digit", "publication_number", "publication_kind", "kind", "title", "abstract", "main_class",
    "applicant_names", "filed_on", "legal_status", "city_code", "maturity", "transfer_way", "price_amount", "overlays",
    "holder",
)  # fmt: skip
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PatentSearch:
    """What somebody looks for; empty fields do not narrow. Prices in yuan; an offer's range must touch the wanted."""

    words: str = ""
    kind: str = ""
    city: str = ""
    ipc: str = ""
    sei: str = ""
    intensive: str = ""
    status: str = ""
    way: str = ""
    holder_name: str = ""
    holder_id: int | None = None
    maturity_from: int | None = None
    maturity_to: int | None = None
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    has_open_licence: bool = False
    sorting: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The patents that a search found, as a sequence of at most RESULT_LIMIT rows in the order wanted."""

    table: Table
    mask: Mask
    wanted: PatentSearch
    in_title: Mask | None = None

    @property
    def count(self) -> int:
        """How many there are, also beyond RESULT_LIMIT."""
        return int(np.count_nonzero(self.mask))

    def __len__(self) -> int:
        return min(self.count, RESULT_LIMIT)

    @overload
    def __getitem__(self, place: int) -> Patent: ...
    @overload
    def __getitem__(self, place: slice) -> list[Patent]: ...
    def __getitem__(self, place: int | slice) -> Patent | list[Patent]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        keys = self.ids()[place].tolist()
        rows = _listed(keys)
        # One deleted between the two reads is passed over.
        return [rows[key] for key in keys if key in rows]

    def __iter__(self) -> Iterator[Patent]:
        return iter(self[:])

    def ids(self) -> Ids:
        """Their ids in the order wanted, at most RESULT_LIMIT."""
        places = np.flatnonzero(self.mask)[::-1]
        return self.table.ids[_ordered(self, places)[:RESULT_LIMIT]]

    def facets(self) -> dict[str, dict[str, int]]:
        """How many of the patents found have each value of each facet.

        IPC places and industries are those one level below the one that is chosen. Designs count under no IPC place:
        they carry Locarno classes. A patent counts once at each place that one of its classes lies in.
        """
        return {facet: self.table.counts(facet, self.mask, of=_counted(facet, self.wanted)) for facet in FACETS}


def among(rows: QuerySet[Patent], ids: Ids) -> QuerySet[Patent]:
    """Those of `rows` that have one of `ids`. One array: thousands of values in an `IN` cost more than finding them."""
    array = "{" + ",".join(map(str, ids.tolist())) + "}"
    return rows.filter(RawSQL("patents_patent.id = ANY(%s::bigint[])", [array], output_field=BooleanField()))


def _listed(keys: list[int]) -> dict[int, Patent]:
    """Patents as lists show them; `is_open_licensed` where anybody may take a licence."""
    licence = OpenLicence.objects.filter(patent=OuterRef("pk"), state=OpenLicenceState.PUBLISHED)
    overlaid = Q(overlays__contains=[Overlay.OPEN_LICENCE])
    rows = Patent.objects.filter(pk__in=keys).select_related("holder").only(*LIST_FIELDS, "holder__name")
    return dict(rows.annotate(is_open_licensed=Exists(licence) | overlaid).in_bulk())


# How long the places one level below are written: sections, classes, subclasses, main groups; below those none.
_IPC_LENGTHS = ((1, 1), (3, 3), (4, 4), (5, 20), (0, -1))


def _counted(facet: str, wanted: PatentSearch) -> Callable[[Values], Values]:
    if facet == "ipc":
        low, high = _IPC_LENGTHS[len(ipc_levels(wanted.ipc))]
        return lambda content: tuple(
            place for place in content if low <= len(place) <= high and place.startswith(wanted.ipc)
        )
    if facet == "sei":
        parts = min(len(wanted.sei.split(".")) + 1, 2) if wanted.sei else 1
        return lambda content: tuple({_cut(code, parts): None for code in content if _is_within(code, wanted.sei)})
    return lambda content: content


def _cut(code: str, parts: int) -> str:
    return ".".join(code.split(".")[:parts])


def _is_within(code: str, place: str) -> bool:
    return not place or code == place or code.startswith(f"{place}.")


def _ordered(found: Found, places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """`places` (newest in the pool first) in the order wanted; equals stay newest first."""
    table, sorting = found.table, found.wanted.sorting
    if sorting == Sorting.NEWEST:
        key = -table.number("filed")
    elif sorting == Sorting.CHEAPEST:
        price = table.number("price_low")
        key = np.where(price == NO_PRICE, np.iinfo(np.int64).max, price)
    elif sorting == Sorting.DEAREST:
        key = -table.number("price_high")
    elif sorting == Sorting.MATURITY:
        key = -table.number("maturity")
    elif found.in_title is not None and sorting != Sorting.ENTERED:
        first = found.in_title[places]
        return np.concatenate([places[first], places[~first]])
    else:
        return places
    return places[np.argsort(key[places], kind="stable")]


def find(wanted: PatentSearch) -> Found:
    """The patents that fit all of `wanted`; with words, those with all words in the title come first.

    A number in any written form finds that patent; four or more digits find numbers that start with them.
    """
    table = current_table()
    mask = _fitting(table, wanted)
    words = wanted.words.strip()
    if not words:
        return Found(table, mask, wanted)
    by_number = _by_number(table, words)
    if by_number is not None:
        return Found(table, mask & by_number, wanted)
    anywhere, in_title = _by_words(table, words)
    return Found(table, mask & anywhere, wanted, in_title)


def _fitting(table: Table, wanted: PatentSearch) -> Mask:
    mask = table.everything()
    for name in ("kind", "city", "status", "way", "intensive"):
        if value := getattr(wanted, name):
            mask &= table.having(name, lambda content, value=value: value in content)  # type: ignore[misc]
    if levels := ipc_levels(wanted.ipc):
        mask &= table.having("ipc", lambda content: levels[-1] in content)
    if wanted.sei:
        mask &= table.having("sei", lambda content: any(_is_within(code, wanted.sei) for code in content))
    if wanted.has_open_licence:
        mask &= table.having("licence", bool)
    if wanted.holder_id is not None:
        mask &= table.having("holder", lambda content: content == (str(wanted.holder_id),))
    if wanted.holder_name:
        mask &= _held_by_name(table, wanted.holder_name)
    return mask & _within_ranges(table, wanted)


def _held_by_name(table: Table, name: str) -> Mask:
    """Patents whose applicant, or registered holder, has `name` in its name."""
    holders = Organisation.objects.filter(name__icontains=name).values_list("pk", flat=True)[:MATCHED_HOLDERS]
    keys = {(str(key),) for key in holders}
    folded = name.casefold()
    by_applicant = table.having("names", lambda content: folded in content[0].casefold())
    return by_applicant | table.having("holder", keys.__contains__)


def holder_names(part: str) -> list[str]:
    """Names of organisations with patents here that contain `part`, the shortest first; none for a single character."""
    wanted = part.strip()
    if len(wanted) < MIN_NAME:
        return []
    rows = Organisation.objects.filter(Exists(Patent.objects.filter(holder=OuterRef("pk"))), name__icontains=wanted)
    return list(rows.order_by(Length("name"), "name").values_list("name", flat=True)[:SUGGESTED_NAMES])


def _within_ranges(table: Table, wanted: PatentSearch) -> Mask:
    mask = table.everything()
    maturity = table.number("maturity")
    if wanted.maturity_from is not None:
        mask &= maturity >= wanted.maturity_from
    if wanted.maturity_to is not None:
        mask &= (maturity <= wanted.maturity_to) & (maturity > 0)
    if wanted.price_from is not None:
        mask &= table.number("price_high") >= int(wanted.price_from * 100)
    if wanted.price_to is not None:
        low = table.number("price_low")
        mask &= (low <= int(wanted.price_to * 100)) & (low != NO_PRICE)
    return mask


def _by_number(table: Table, words: str) -> Mask | None:
    """Patents of this number, or of numbers that start with it; None where the words are no number."""
    numbers = table.number("number")
    try:
        number = int(parse_application_number(words).value)
    except Invalid:
        number = None
    if number is not None:
        return np.equal(numbers, number)
    if not (words.isascii() and words.isdigit() and len(words) >= MIN_NUMBER_PREFIX):
        return None
    prefix = words[: max(NUMBER_LENGTHS)]
    mask = np.zeros(len(numbers), bool)
    for length in NUMBER_LENGTHS:
        if (missing := length - len(prefix)) >= 0:
            first = int(prefix) * 10**missing
            mask |= (numbers >= first) & (numbers < first + 10**missing)
    return mask


def _by_words(table: Table, words: str) -> tuple[Mask, Mask]:
    """Patents that have all words, and those of them that have all in the title."""
    tokens = search_query_tokens(words)
    if not tokens:
        nothing = ~table.everything()
        return nothing, nothing
    return having_words(table, tokens)
