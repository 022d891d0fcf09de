"""Reading the index: where posting lists come from does not matter to the one who ranks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from patents.index.blocks import BLOCK_SIZE, CHANNELS, PostingReader, Postings, Term, term_places
from patents.vectors.encoders import TextVector

SAMPLED_BLOCKS = 4
"""Blocks in which frequencies of terms are counted before some are chosen; exact up to 65,000 patents."""


class BlockHead(NamedTuple):
    """What is known of a block without reading its lists."""

    number: int
    patent_count: int
    length_sums: tuple[int, ...]
    """Per channel, in the order of CHANNELS."""


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

    def lengths(self, numbers: Collection[int]) -> dict[int, npt.NDArray[np.uint16]]:
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


class BlockPostings(NamedTuple):
    """The lists of the terms asked for in one block."""

    number: int
    lengths: npt.NDArray[np.uint16]
    postings: Postings


@dataclass
class Corpus:
    """The pool as one ranking sees it. Cheap to make, not kept: heads and sampled lists are read once and held."""

    store: Store
    heads: list[BlockHead] = field(init=False)
    _sampled: dict[tuple[int, int], bytes] = field(init=False, default_factory=dict)

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
        for _, postings in self._lists([head.number for head in sample], terms, keep=True):
            found[postings.terms] += postings.sizes
        counted = sum(head.patent_count for head in sample)
        return found * (self.patent_count / counted) if counted else found

    def blocks(self, terms: Sequence[Term]) -> Iterator[BlockPostings]:
        """The posting lists of `terms`, block by block."""
        numbers = [head.number for head in self.heads]
        lengths = self.store.lengths(numbers)
        for number, postings in self._lists(numbers, terms, keep=False):
            if number in lengths:
                yield BlockPostings(number, lengths[number], postings)

    def _sample(self) -> list[BlockHead]:
        if len(self.heads) <= SAMPLED_BLOCKS:
            return self.heads
        return [self.heads[place * len(self.heads) // SAMPLED_BLOCKS] for place in range(SAMPLED_BLOCKS)]

    def _lists(self, numbers: Collection[int], terms: Sequence[Term], *, keep: bool) -> Iterator[tuple[int, Postings]]:
        wanted: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        for term, (bucket, key) in enumerate(term_places(terms)):
            wanted[bucket].append((term, key))
        readers = {number: PostingReader() for number in numbers}
        for number, bucket, data in self._buckets(numbers, wanted.keys(), keep=keep):
            readers[number].read(data, wanted[bucket])
        for number, reader in readers.items():
            yield number, reader.postings()

    def _buckets(
        self, numbers: Collection[int], buckets: Collection[int], *, keep: bool
    ) -> Iterator[tuple[int, int, bytes]]:
        """Buckets that an earlier call kept come from memory, the others from the store."""
        held = {number for number, _ in self._sampled}
        for number in held.intersection(numbers):
            for bucket in buckets:
                if data := self._sampled.get((number, bucket)):
                    yield number, bucket, data
        for number, bucket, data in self.store.buckets([n for n in numbers if n not in held], buckets):
            if keep:
                self._sampled[number, bucket] = data
            yield number, bucket, data


def patent_id(block: int, offset: int) -> int:
    """The id of the patent at a place in a block."""
    return block * BLOCK_SIZE + offset
