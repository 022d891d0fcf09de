"""Finding patents by words: from the lists, and from the patents themselves where the lists are out of date."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from django.db import connection

from patents.columns.table import Mask, Table
from patents.index.blocks import BLOCK_SIZE
from patents.index.buckets import read_buckets
from patents.words.lists import having_all, token_places
from patents.words.models import PART, WordBucket

Ids = npt.NDArray[np.int64]

# LATERAL with OFFSET keeps the planner at reading ranges of ids, one for each part.
_CHANGED = f"""
WITH stale AS MATERIALIZED (SELECT DISTINCT part::bigint FROM patents_wordchange),
hits AS MATERIALIZED (
    SELECT patent.id, patent.search_tokens @@ %(in_title)s::tsquery AS in_title
    FROM stale CROSS JOIN LATERAL (
        SELECT id, search_tokens FROM patents_patent
        WHERE id >= stale.part * {PART} AND id < (stale.part + 1) * {PART} OFFSET 0
    ) AS patent
    WHERE patent.search_tokens @@ %(anywhere)s::tsquery
)
SELECT ARRAY(SELECT part FROM stale), ARRAY(SELECT id FROM hits), ARRAY(SELECT id FROM hits WHERE in_title)
"""  # noqa: S608  only constants are put in


def having_words(table: Table, tokens: Sequence[str]) -> tuple[Mask, Mask]:
    """Which patents have all tokens, and which have all of them in the title; two queries.

    What changed is read first: if lists are written anew between the two queries, they show at least as much.
    """
    stale, changed, changed_in_title = _changed(tokens)
    anywhere, in_title = _listed(table.ids, tokens)
    for part in stale:
        first, last = np.searchsorted(table.ids, [part * PART, (part + 1) * PART])
        anywhere[first:last] = in_title[first:last] = False
    return anywhere | table.those(_as_ids(changed)), in_title | table.those(_as_ids(changed_in_title))


def _as_ids(keys: Sequence[int]) -> Ids:
    return np.fromiter(keys, np.int64, len(keys))


def _listed(ids: Ids, tokens: Sequence[str]) -> tuple[Mask, Mask]:
    anywhere, in_title = np.zeros(len(ids), bool), np.zeros(len(ids), bool)
    places = token_places(tokens)
    by_block: dict[int, dict[int, bytes]] = defaultdict(dict)
    blocks = np.unique(ids // BLOCK_SIZE).tolist()
    for block, bucket, data in read_buckets(WordBucket, blocks, {bucket for bucket, _ in places}):
        by_block[block][bucket] = data
    for block, buckets in by_block.items():
        first, last = np.searchsorted(ids, [block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE])
        offsets = ids[first:last] - block * BLOCK_SIZE
        for mask, found in zip((anywhere, in_title), having_all(places, buckets), strict=True):
            mask[first:last] = found[offsets]
    return anywhere, in_title


def _changed(tokens: Sequence[str]) -> tuple[list[int], list[int], list[int]]:
    """The parts whose lists are out of date, their patents that have all tokens, and those with all in the title."""
    anywhere = " & ".join(_quoted(token) for token in tokens)
    in_title = " & ".join(f"{_quoted(token)}:A" for token in tokens)
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"anywhere": anywhere, "in_title": in_title})
        found: tuple[list[int], list[int], list[int]] = cursor.fetchone()
    return found


def _quoted(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
