"""Verbs that keep the search's words up to date."""

import structlog
from django.db import connection, transaction

from patents.index.blocks import BLOCK_SIZE
from patents.index.buckets import write_buckets
from patents.models import Patent
from patents.words.lists import build_lists
from patents.words.models import PARTS_OF_BLOCK, WordBucket, WordChange

log = structlog.get_logger()

_LOCK_CLASS = 0x1DF
"""Names this module's advisory locks; the second half of the key is the block."""


def refresh_words() -> int:
    """Write the lists of every block that changed, and say how many. Each is committed: a kill loses one block's work."""
    parts = WordChange.objects.values_list("part", flat=True).distinct()
    stale = sorted({part // PARTS_OF_BLOCK for part in parts})
    for block in stale:
        write_words(block)
    return len(stale)


@transaction.atomic
def write_words(block: int) -> None:
    """Write one block's lists from its patents. Running it twice, or at the same time, gives the same lists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, block])
    # Before the patents are read: what changes after this line is marked anew.
    first_part = block * PARTS_OF_BLOCK
    WordChange.objects.filter(part__gte=first_part, part__lt=first_part + PARTS_OF_BLOCK).delete()
    first = block * BLOCK_SIZE
    rows = Patent.objects.filter(pk__gte=first, pk__lt=first + BLOCK_SIZE, search_tokens__isnull=False)
    vectors = rows.order_by("pk").values_list("pk", "search_tokens").iterator()
    write_buckets(WordBucket, block, build_lists((key - first, str(vector)) for key, vector in vectors))
    log.info("words_written", block=block)
