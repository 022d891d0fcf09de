"""How a block of patents becomes posting lists in bytes, and back. Pure.

A block is a contiguous range of patent ids, so that a change rebuilds one block and blocks can be scored one by one.
The lists of a block lie in buckets by the hash of the term: a row for each of a block's 300,000 terms would cost far
more than the lists themselves.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from patents.text import normalise, ranking_bigrams, ranking_characters, ranking_words

BLOCK_SIZE = 16_384
"""Patent ids in a block; offsets, document frequencies and lengths fit 16 bits."""
BUCKET_BITS = 13
"""So many buckets that most buckets of a full block stay under the 2 kB that PostgreSQL keeps in the row."""
KEY_BITS = 32
TITLE_REPEATS = 2
"""A bigram or character of the title counts as often as two of the abstract."""
FORMAT_VERSION = 2
"""Raised when the tokens or the bytes change: blocks of another version are rebuilt."""

_KEY_SHIFT = np.uint64(64 - BUCKET_BITS - KEY_BITS)
_NUMBER = struct.Struct("<I")
_KEY_MASK = np.uint64((1 << KEY_BITS) - 1)
_LARGEST = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65_535}


class Channel(StrEnum):
    """What a posting list counts."""

    TITLE_WORD = "t"
    BIGRAM = "b"
    CHARACTER = "c"


CHANNELS = tuple(Channel)


class Term(NamedTuple):
    channel: Channel
    text: str


class Document(NamedTuple):
    """A patent as the index reads it; `offset` is its place in the block."""

    offset: int
    title: str
    abstract: str


class Postings(NamedTuple):
    """Posting lists of one block, one after the other."""

    terms: npt.NDArray[np.int64]
    """For each list the position of its term among the terms that were asked for."""
    sizes: npt.NDArray[np.int64]
    """For each list the number of patents in it."""
    offsets: npt.NDArray[np.uint16]
    """The patents of all lists, ascending in each."""
    counts: npt.NDArray[np.uint8]
    """How often each has the term."""


class PostingList(NamedTuple):
    """The list of one term as it lies in a bucket: the patents that have it, and how often each."""

    offsets: bytes
    counts: bytes


NO_POSTINGS = PostingList(b"", b"")


@dataclass(frozen=True, slots=True)
class Block:
    """The index of one block: per channel the length of each patent by offset, and the posting lists by bucket."""

    patent_count: int
    length_sums: tuple[int, ...]
    """Per channel the number of terms of all patents."""
    lengths: npt.NDArray[np.uint16]
    """Shape (channels, BLOCK_SIZE); zero where there is no patent."""
    buckets: dict[int, bytes]


class Vocabulary(dict[str, int]):
    """Numbers terms in the order they are first met."""

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self)
        return number


def build_block(documents: Iterable[Document]) -> Block:
    """The index of one block's patents, in any order."""
    offsets: list[int] = []
    rows: dict[Channel, list[list[int]]] = {channel: [] for channel in CHANNELS}
    vocabularies = {channel: Vocabulary() for channel in CHANNELS}
    for document in documents:
        offsets.append(document.offset)
        for channel, texts in terms_of(document).items():
            rows[channel].append(list(map(vocabularies[channel].__getitem__, texts)))
    lengths = np.zeros((len(CHANNELS), BLOCK_SIZE), np.uint16)
    for place, channel in enumerate(CHANNELS):
        lengths[place, offsets] = _clipped([len(row) for row in rows[channel]], np.uint16)
    sums = tuple(lengths.sum(axis=1, dtype=np.int64).tolist())
    return Block(len(offsets), sums, lengths, _buckets(offsets, rows, vocabularies))


def terms_of(document: Document) -> dict[Channel, list[str]]:
    """What is counted of a patent, repeats and all."""
    title, abstract = normalise(document.title), normalise(document.abstract)
    return {
        Channel.TITLE_WORD: ranking_words(title),
        Channel.BIGRAM: ranking_bigrams(title) * TITLE_REPEATS + ranking_bigrams(abstract),
        Channel.CHARACTER: ranking_characters(title) * TITLE_REPEATS + ranking_characters(abstract),
    }


def _buckets(
    offsets: list[int], rows: dict[Channel, list[list[int]]], vocabularies: dict[Channel, Vocabulary]
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
    return dict(bucket_bytes(all_hashes[order], frequencies, pairs % BLOCK_SIZE, _clipped(repeats, np.uint8)))


def bucket_bytes(
    hashes: npt.NDArray[np.uint64],
    frequencies: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    counts: npt.NDArray[np.uint8],
    *,
    bits: int = BUCKET_BITS,
) -> Iterator[tuple[int, bytes]]:
    """Write lists, those of ascending hashes one after the other, into buckets by the first `bits` of the hash.

    A bucket is: number of terms, their keys, where the list of each ends, then the lists' offsets and counts.
    """
    keys = _keys(hashes)
    first_terms = np.searchsorted(_bucket_numbers(hashes, bits), np.arange((1 << bits) + 1))
    ends = np.concatenate([[0], np.cumsum(frequencies)])
    short_offsets = offsets.astype(np.uint16)
    for bucket in range(1 << bits):
        first, last = first_terms[bucket], first_terms[bucket + 1]
        if first < last:
            postings = slice(ends[first], ends[last])
            heads = np.concatenate([[last - first], keys[first:last], ends[first + 1 : last + 1] - ends[first]])
            lists = short_offsets[postings].tobytes() + counts[postings].tobytes()
            yield bucket, heads.astype(np.uint32).tobytes() + lists


class PostingReader:
    """Collects posting lists of one block; plain byte operations, because most lists are short."""

    def __init__(self) -> None:
        self._terms: list[int] = []
        self._lists: list[PostingList] = []

    def read(self, data: bytes, wanted: Iterable[tuple[int, bytes]]) -> None:
        """Take the lists of the `wanted` pairs (term's position, its key) that the bucket has."""
        for term, key in wanted:
            self.add(term, find_list(data, key))

    def add(self, term: int, found: PostingList) -> None:
        """Take the list of the term at a position."""
        if found.counts:
            self._terms.append(term)
            self._lists.append(found)

    def postings(self) -> Postings:
        return Postings(
            np.array(self._terms, np.int64),
            np.array([len(found.counts) for found in self._lists], np.int64),
            np.frombuffer(b"".join([found.offsets for found in self._lists]), np.uint16),
            np.frombuffer(b"".join([found.counts for found in self._lists]), np.uint8),
        )


def find_list(data: bytes, key: bytes) -> PostingList:
    """The list of the term with this key; an empty one where the bucket has no such term."""
    (size,) = _NUMBER.unpack_from(data)
    ends = 4 + 4 * size
    place = _find_aligned(data, key, ends)
    if place is None:
        return NO_POSTINGS
    lists = ends + 4 * size
    (total,) = _NUMBER.unpack_from(data, lists - 4)
    counts = lists + 2 * total
    (start,) = _NUMBER.unpack_from(data, place + 4 * size - 4) if place > 4 else (0,)  # noqa: PLR2004
    (end,) = _NUMBER.unpack_from(data, place + 4 * size)
    return PostingList(data[lists + 2 * start : lists + 2 * end], data[counts + start : counts + end])


def _find_aligned(data: bytes, key: bytes, end: int) -> int | None:
    """Where the key stands among the keys, which lie between the size and `end`."""
    place = data.find(key, 4, end)
    while place > 0 and place % 4:
        place = data.find(key, place + 1, end)
    return place if place > 0 else None


def term_places(terms: Sequence[Term]) -> list[tuple[int, bytes]]:
    """For each term its bucket and its key inside the bucket."""
    return hash_places(term_hashes(terms))


def hash_places(hashes: npt.NDArray[np.uint64], *, bits: int = BUCKET_BITS) -> list[tuple[int, bytes]]:
    """For each hash its bucket of `bits` and its key inside the bucket."""
    keys = _keys(hashes).tobytes()
    numbers = _bucket_numbers(hashes, bits).tolist()
    return [(bucket, keys[4 * term : 4 * term + 4]) for term, bucket in enumerate(numbers)]


def term_hashes(terms: Sequence[Term]) -> npt.NDArray[np.uint64]:
    """The hashes of terms with their channel."""
    return text_hashes(f"{channel}{text}" for channel, text in terms)


def text_hashes(texts: Iterable[str]) -> npt.NDArray[np.uint64]:
    """The same in every process, unlike Python's own; BUCKET_BITS choose the bucket, the next KEY_BITS the text in it."""
    joined = b"".join(blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(joined, np.uint64)


def _bucket_numbers(hashes: npt.NDArray[np.uint64], bits: int) -> npt.NDArray[np.int64]:
    return (hashes >> np.uint64(64 - bits)).astype(np.int64)


def _keys(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32]:
    return (hashes >> _KEY_SHIFT & _KEY_MASK).astype(np.uint32)


def _clipped(values: Iterable[int], kind: type[np.unsignedinteger]) -> npt.NDArray:
    return np.minimum(np.asarray(values, np.int64), _LARGEST[np.dtype(kind)]).astype(kind)
