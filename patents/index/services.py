"""Verbs that keep the word index up to date."""

import structlog
from django.db import connection, transaction
from django.db.models import Max, Min

from patents.index.blocks import BLOCK_SIZE, FORMAT_VERSION, Document, build_block
from patents.index.buckets import write_buckets
from patents.index.models import IndexBlock, IndexBucket, IndexChange
from patents.models import Patent
from portal import clock

log = structlog.get_logger()

_LOCK_CLASS = 0x1DE
"""Names this module's advisory locks; the second half of the key is the block."""


def refresh_index() -> int:
    """Index every stale block and say how many. Block by block, each committed: a kill loses one block's work."""
    stale = stale_blocks()
    for number in stale:
        index_block(number)
    return len(stale)


def stale_blocks() -> list[int]:
    """Blocks that changed since they were indexed, were indexed in another format, or never."""
    ends = Patent.objects.aggregate(first=Min("pk"), last=Max("pk"))
    held = set(range(ends["first"] // BLOCK_SIZE, ends["last"] // BLOCK_SIZE + 1)) if ends["first"] else set()
    current = set(IndexBlock.objects.filter(format_version=FORMAT_VERSION).values_list("number", flat=True))
    changed = set(IndexChange.objects.values_list("block", flat=True).distinct())
    return sorted((held - current) | changed)


@transaction.atomic
def index_block(number: int) -> None:
    """Rebuild one block from its patents. Running it twice, or at the same time, gives the same index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, number])
    # Before the patents are read: what changes after this line is marked anew.
    IndexChange.objects.filter(block=number).delete()
    first = number * BLOCK_SIZE
    rows = Patent.objects.filter(pk__gte=first, pk__lt=first + BLOCK_SIZE).order_by("pk")
    block = build_block(
        Document(key - first, title, abstract)
        for key, title, abstract in rows.values_list("pk", "title", "abstract").iterator()
    )
    write_buckets(IndexBucket, number, block.buckets)
    IndexBlock.objects.update_or_create(
        number=number,
        defaults={
            "format_version": FORMAT_VERSION,
            "patent_count": block.patent_count,
            "length_sums": list(block.length_sums),
            "lengths": block.lengths.tobytes(),
            "indexed_at": clock.now(),
        },
    )
    log.info("index_block_built", block=number, patents=block.patent_count)
