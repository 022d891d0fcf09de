"""How a block of patents becomes posting lists in bytes, and back. Pure.

A block is a contiguous range of patent ids, so that a change rebuilds one block and blocks can be scored one by one.
The lists of a block lie in buckets by the hash of the term: a row for each of a block's 300,000 terms would cost far
more than the lists themselves.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from patents.text import normalise, ranking_bigrams, ranking_words

BLOCK_SIZE = 16_384
"""Patent ids in a block; offsets, document frequencies and lengths fit 16 bits."""
BUCKET_BITS = 13
BUCKETS = 1 << BUCKET_BITS
"""So many that most buckets of a full block stay under the 2 kB that PostgreSQL keeps in the row."""
KEY_BITS = 32
TITLE_REPEATS = 2
"""A bigram of the title counts as often as two of the abstract."""
FORMAT_VERSION = 1
"""Raised when the tokens or the bytes change: blocks of another version are rebuilt."""

_BUCKET_SHIFT = np.uint64(64 - BUCKET_BITS)
_KEY_SHIFT = np.uint64(64 - BUCKET_BITS - KEY_BITS)
_KEY_MASK = np.uint64((1 << KEY_BITS) - 1)
_LARGEST = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65_535}


class Channel(StrEnum):
    """What a posting list counts."""

    TITLE_WORD = "t"
    BIGRAM = "b"


CHANNELS = tuple(Channel)


class Term(NamedTuple):
    channel: Channel
    text: str


class Document(NamedTuple):
    """A patent as the index reads it; `offset` is its place in the block."""

    offset: int
    title: str
    abstract: str


class Posting(NamedTuple):
    """The patents of one block that have a term, ascending, and how often."""

    term: int
    """Position in the list of terms that was asked for."""
    offsets: npt.NDArray[np.uint16]
    counts: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Block:
    """The index of one block: per channel the length of each patent by offset, and the posting lists by bucket."""

    patent_count: int
    length_sums: tuple[int, ...]
    """Per channel the number of terms of all patents."""
    lengths: npt.NDArray[np.uint16]
    """Shape (channels, BLOCK_SIZE); zero where there is no patent."""
    buckets: dict[int, bytes]


class _Vocabulary(dict[str, int]):
    """Numbers terms in the order they are first met."""

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self)
        return number


def build_block(documents: Iterable[Document]) -> Block:
    """The index of one block's patents, in any order."""
    offsets: list[int] = []
    rows: dict[Channel, list[list[int]]] = {channel: [] for channel in CHANNELS}
    vocabularies = {channel: _Vocabulary() for channel in CHANNELS}
    for document in documents:
        offsets.append(document.offset)
        for channel, texts in _terms_of(document).items():
            rows[channel].append(list(map(vocabularies[channel].__getitem__, texts)))
    lengths = np.zeros((len(CHANNELS), BLOCK_SIZE), np.uint16)
    for place, channel in enumerate(CHANNELS):
        lengths[place, offsets] = _clipped([len(row) for row in rows[channel]], np.uint16)
    sums = tuple(lengths.sum(axis=1, dtype=np.int64).tolist())
    return Block(len(offsets), sums, lengths, _buckets(offsets, rows, vocabularies))


def _terms_of(document: Document) -> dict[Channel, list[str]]:
    title = normalise(document.title)
    return {
        Channel.TITLE_WORD: ranking_words(title),
        Channel.BIGRAM: ranking_bigrams(title) * TITLE_REPEATS + ranking_bigrams(normalise(document.abstract)),
    }


def _buckets(
    offsets: list[int], rows: dict[Channel, list[list[int]]], vocabularies: dict[Channel, _Vocabulary]
) -> dict[int, bytes]:
    """Group (term, patent) pairs by the term's hash and write one bucket for each group of hashes."""
    numbers: list[npt.NDArray[np.int64]] = []
    places: list[npt.NDArray[np.int64]] = []
    hashes: list[npt.NDArray[np.uint64]] = []
    for channel in CHANNELS:
        before = sum(len(found) for found in hashes)
        per_row = [len(row) for row in rows[channel]]
        numbers.append(np.fromiter(chain.from_iterable(rows[channel]), np.int64, sum(per_row)) + before)
        places.append(np.repeat(np.asarray(offsets, np.int64), per_row))
        hashes.append(term_hashes([Term(channel, text) for text in vocabularies[channel]]))
    all_hashes = np.concatenate(hashes)
    order = np.argsort(all_hashes, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    pairs, repeats = np.unique(rank[np.concatenate(numbers)] * BLOCK_SIZE + np.concatenate(places), return_counts=True)
    frequencies = np.bincount(pairs // BLOCK_SIZE, minlength=len(order))
    return dict(_bucket_bytes(all_hashes[order], frequencies, pairs % BLOCK_SIZE, _clipped(repeats, np.uint8)))


def _bucket_bytes(
    hashes: npt.NDArray[np.uint64],
    frequencies: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    counts: npt.NDArray[np.uint8],
) -> Iterator[tuple[int, bytes]]:
    """A bucket is: number of terms, their keys, their frequencies, then the lists' offsets and counts."""
    keys = _keys(hashes)
    first_terms = np.searchsorted(_bucket_numbers(hashes), np.arange(BUCKETS + 1))
    first_postings = np.concatenate([[0], np.cumsum(frequencies)])[first_terms]
    short_frequencies, short_offsets = frequencies.astype(np.uint16), offsets.astype(np.uint16)
    for bucket in range(BUCKETS):
        terms = slice(first_terms[bucket], first_terms[bucket + 1])
        postings = slice(first_postings[bucket], first_postings[bucket + 1])
        if terms.start < terms.stop:
            head = np.uint32(terms.stop - terms.start).tobytes()
            lists = short_offsets[postings].tobytes() + counts[postings].tobytes()
            yield bucket, head + keys[terms].tobytes() + short_frequencies[terms].tobytes() + lists


def read_bucket(data: bytes | memoryview, wanted: Sequence[tuple[int, int]]) -> Iterator[Posting]:
    """The posting lists in a bucket for the `wanted` pairs (term's position, its key); absent terms are left out."""
    size = int(np.frombuffer(data, np.uint32, 1)[0])
    keys = np.frombuffer(data, np.uint32, size, 4)
    ends = np.frombuffer(data, np.uint16, size, 4 + 4 * size).cumsum(dtype=np.int64)
    lists = 4 + 6 * size
    total = int(ends[-1])
    places = keys.searchsorted(np.array([key for _, key in wanted], np.uint32))
    for (term, key), place in zip(wanted, places.tolist(), strict=True):
        if place < size and keys[place] == key:
            start, end = int(ends[place - 1]) if place else 0, int(ends[place])
            yield Posting(
                term,
                np.frombuffer(data, np.uint16, end - start, lists + 2 * start),
                np.frombuffer(data, np.uint8, end - start, lists + 2 * total + start),
            )


def term_places(terms: Sequence[Term]) -> tuple[list[int], list[int]]:
    """For each term its bucket and its key inside the bucket."""
    hashes = term_hashes(terms)
    return _bucket_numbers(hashes).tolist(), _keys(hashes).tolist()


def term_hashes(terms: Sequence[Term]) -> npt.NDArray[np.uint64]:
    """The same in every process, unlike Python's own; BUCKET_BITS choose the bucket, the next KEY_BITS the term in it."""
    joined = b"".join(blake2b(f"{channel}{text}".encode(), digest_size=8).digest() for channel, text in terms)
    return np.frombuffer(joined, np.uint64)


def _bucket_numbers(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    return (hashes >> _BUCKET_SHIFT).astype(np.int64)


def _keys(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32]:
    # The bits next to the bucket's: inside a bucket they ascend with the hash.
    return (hashes >> _KEY_SHIFT & _KEY_MASK).astype(np.uint32)


def _clipped(values: Iterable[int], kind: type[np.unsignedinteger]) -> npt.NDArray:
    return np.minimum(np.asarray(values, np.int64), _LARGEST[np.dtype(kind)]).astype(kind)
