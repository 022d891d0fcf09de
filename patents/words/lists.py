"""How the search tokens of a block of patents become lists of patents in bytes, and back. Pure.

The bytes are those of `patents.index.blocks`; what that counts is here where a patent has the token.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from patents.columns.table import Mask
from patents.index.blocks import BLOCK_SIZE, PostingReader, Vocabulary, bucket_bytes, hash_places, text_hashes

BUCKET_BITS = 11
"""So many buckets that most of a full block stay under the 2 kB that PostgreSQL keeps in the row."""
IN_ABSTRACT, IN_TITLE = 1, 2

_TITLE_MARK = "A"
_PLACES = 4 * BLOCK_SIZE
"""A patent's place and where it has the token make one number below this."""


def build_lists(vectors: Iterable[tuple[int, str]]) -> dict[int, bytes]:
    """The buckets of one block, from each patent's place in the block and its tsvector as PostgreSQL writes it."""
    offsets, rows, lexemes = [], [], Vocabulary()
    for offset, vector in vectors:
        offsets.append(offset)
        rows.append(list(map(lexemes.__getitem__, vector.split())))
    if not lexemes:
        return {}
    sizes = list(map(len, rows))
    of_pairs = np.fromiter(chain.from_iterable(rows), np.int64, sum(sizes))
    hashes, terms, where = _terms_of(lexemes)
    pairs = np.sort((terms[of_pairs] * BLOCK_SIZE + np.repeat(offsets, sizes)) * 4 + where[of_pairs])
    frequencies = np.bincount(pairs // _PLACES, minlength=len(hashes))
    counts = (pairs % 4).astype(np.uint8)
    return dict(bucket_bytes(hashes, frequencies, pairs // 4 % BLOCK_SIZE, counts, bits=BUCKET_BITS))


def _terms_of(lexemes: Iterable[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The hashes of all tokens, ascending; for each lexeme ('token':1A) which of them it has, and where."""
    parts = [lexeme.rsplit(":", 1) for lexeme in lexemes]
    hashes, terms = np.unique(text_hashes(token.strip("'") for token, _ in parts), return_inverse=True)
    where = [IN_TITLE if mark.endswith(_TITLE_MARK) else IN_ABSTRACT for _, mark in parts]
    return hashes, terms, np.array(where, np.int64)


def token_places(tokens: Sequence[str]) -> list[tuple[int, bytes]]:
    """For each token its bucket and its key inside the bucket."""
    return hash_places(text_hashes(tokens), bits=BUCKET_BITS)


def having_all(places: Sequence[tuple[int, bytes]], buckets: Mapping[int, bytes]) -> tuple[Mask, Mask]:
    """By place in the block: which patents have all the tokens, and which have all of them in the title."""
    reader = PostingReader()
    for token, (bucket, key) in enumerate(places):
        if bucket in buckets:
            reader.read(buckets[bucket], [(token, key)])
    lists = reader.postings()
    anywhere = np.bincount(lists.offsets, minlength=BLOCK_SIZE) == len(places)
    in_title = np.bincount(lists.offsets[lists.counts == IN_TITLE], minlength=BLOCK_SIZE) == len(places)
    return anywhere, in_title
