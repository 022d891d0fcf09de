"""Reading the index: where posting lists come from does not matter to the one who ranks."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from patents.index.blocks import (
    BLOCK_SIZE,
    CHANNELS,
    NO_POSTINGS,
    PostingList,
    PostingReader,
    Postings,
    Term,
    find_list,
    term_places,
)
from patents.index.recent import Recent
from patents.vectors.encoders import TextVector

SAMPLED_BLOCKS = 4
"""Blocks in which frequencies of terms are counted before some are chosen; exact up to 65,000 patents."""

IntOrArray = TypeVar("IntOrArray", int, npt.NDArray[np.intp])
Lengths: TypeAlias = npt.NDArray[np.uint16]
"""Terms of each patent of a block: (channels, BLOCK_SIZE)."""


class BlockHead(NamedTuple):
    """What is known of a block without reading its lists."""

    number: int
    patent_count: int
    length_sums: tuple[int, ...]
    """Per channel, in the order of CHANNELS."""
    version: str = ""
    """Another one whenever the block was built anew."""


class PatentText(NamedTuple):
    title: str
    abstract: str


class PatentFacts(NamedTuple):
    """What else of a patent counts for a need; empty or None where nobody stated it."""

    main_class: str = ""
    legal_status: str = ""
    maturity: int | None = None
    transfer_way: str = ""
    price_amount: Decimal | None = None
    city_code: str = ""


class Store(Protocol):
    """Where blocks are kept: PostgreSQL, or memory."""

    def heads(self) -> list[BlockHead]:
        """The blocks that hold patents, by number."""

    def lengths(self, numbers: Collection[int]) -> dict[int, Lengths]:
        """For each block the lengths of its patents: (channels, BLOCK_SIZE)."""

    def buckets(self, numbers: Collection[int], buckets: Collection[int]) -> Iterable[tuple[int, int, bytes]]:
        """The buckets asked for that exist: (block, bucket, bytes)."""

    def nearest(self, vector: TextVector, count: int) -> dict[int, float]:
        """The patents nearest in meaning with their cosines, of those that have a vector."""

    def closeness(self, vector: TextVector, patent_ids: Collection[int]) -> dict[int, float]:
        """The cosine of each patent that has a vector."""

    def facts(self, patent_ids: Collection[int]) -> dict[int, PatentFacts]:
        """What is stated of each patent that still exists."""

    def texts(self, patent_ids: Collection[int]) -> dict[int, PatentText]:
        """Title and abstract of each patent that still exists."""


class RecentlyRead:
    """Lists and lengths that earlier rankings of this process read, by block and version."""

    def __init__(self, *, list_bytes: int = 96 << 20, length_bytes: int = 16 << 20) -> None:
        self.lists = Recent[PostingList](list_bytes)
        self.lengths = Recent[Lengths](length_bytes)


class BlockPostings(NamedTuple):
    """The lists of the terms asked for in one block, in the order of the terms."""

    number: int
    lengths: Lengths
    postings: Postings


@dataclass
class Corpus:
    """The pool as one ranking sees it: the blocks' heads are read once. What was read of blocks may be shared."""

    store: Store
    read: RecentlyRead = field(default_factory=RecentlyRead)
    heads: list[BlockHead] = field(init=False)

    def __post_init__(self) -> None:
        self.heads = self.store.heads()

    @property
    def patent_count(self) -> int:
        return sum(head.patent_count for head in self.heads)

    @property
    def mean_lengths(self) -> tuple[float, ...]:
        """Terms of an average patent per channel; at least 1, so that it can divide."""
        totals = [sum(head.length_sums[place] for head in self.heads) for place in range(len(CHANNELS))]
        return tuple(max(total / max(self.patent_count, 1), 1.0) for total in totals)

    def frequencies(self, terms: Sequence[Term]) -> npt.NDArray[np.float64]:
        """How many patents have each term: counted in at most four blocks spread over the pool, and scaled up."""
        sample = self._sample()
        found = np.zeros(len(terms))
        for _, lists in self._lists(sample, terms):
            found += [len(one.counts) for one in lists]
        counted = sum(head.patent_count for head in sample)
        return found * (self.patent_count / counted) if counted else found

    def blocks(self, terms: Sequence[Term]) -> Iterator[BlockPostings]:
        """The posting lists of `terms`, block by block."""
        lengths = self._lengths()
        for number, lists in self._lists(self.heads, terms):
            if number in lengths:
                reader = PostingReader()
                for term, found in enumerate(lists):
                    reader.add(term, found)
                yield BlockPostings(number, lengths[number], reader.postings())

    def _sample(self) -> list[BlockHead]:
        if len(self.heads) <= SAMPLED_BLOCKS:
            return self.heads
        return [self.heads[place * len(self.heads) // SAMPLED_BLOCKS] for place in range(SAMPLED_BLOCKS)]

    def _lengths(self) -> dict[int, Lengths]:
        found: dict[int, Lengths] = {}
        lacking: list[BlockHead] = []
        for head in self.heads:
            known = self.read.lengths.get((head.number, head.version))
            if known is None:
                lacking.append(head)
            else:
                found[head.number] = known
        fresh = self.store.lengths([head.number for head in lacking]) if lacking else {}
        for head in lacking:
            if head.number in fresh:
                self.read.lengths.put((head.number, head.version), fresh[head.number], fresh[head.number].nbytes)
        return found | fresh

    def _lists(self, heads: Sequence[BlockHead], terms: Sequence[Term]) -> Iterator[tuple[int, list[PostingList]]]:
        """For each block the list of each term. What was not read lately comes from the store, in one go."""
        places = term_places(terms)
        known = [[self.read.lists.get((head.number, head.version, place)) for place in places] for head in heads]
        lacking = [head.number for head, lists in zip(heads, known, strict=True) if None in lists]
        wanted = {
            bucket for lists in known for (bucket, _), one in zip(places, lists, strict=True) if one is None
        }  # fmt: skip
        data = {(number, bucket): found for number, bucket, found in self.store.buckets(lacking, wanted)}
        for head, lists in zip(heads, known, strict=True):
            yield (
                head.number,
                [
                    self._list(head, place, data) if one is None else one
                    for place, one in zip(places, lists, strict=True)
                ],
            )

    def _list(self, head: BlockHead, place: tuple[int, bytes], data: dict[tuple[int, int], bytes]) -> PostingList:
        bucket, key = place
        found = find_list(data[head.number, bucket], key) if (head.number, bucket) in data else NO_POSTINGS
        self.read.lists.put((head.number, head.version, place), found, 3 * len(found.counts))
        return found


def patent_id(block: int, offset: IntOrArray) -> IntOrArray:
    """The id of the patent at a place in a block, or the ids at several."""
    return block * BLOCK_SIZE + offset
