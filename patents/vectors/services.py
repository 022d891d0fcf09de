"""Verbs that keep the vectors up to date."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import structlog
from django.db import connection, transaction

from patents.models import Patent
from patents.vectors.encoders import Encoder, encoder, passage_text
from patents.vectors.models import PatentVector
from portal.outbox.services import publish

log = structlog.get_logger(__name__)

BATCH = 32
_LOCK = 0x7EC
"""Names the advisory lock of the one maker of vectors."""


class Progress(NamedTuple):
    done: int
    total: int


def vector_progress() -> Progress:
    """How many patents have their vector."""
    return Progress(PatentVector.objects.count(), Patent.objects.count())


def make_vectors(*, seconds: float) -> bool:
    """Make missing vectors for about so many seconds, batch by batch, each committed; says whether some are left.

    One process makes vectors at a time, others return at once. A kill loses one batch's work.

    Raises:
        EncoderUnavailable: the model server gives no vectors; what was made stays.
    """
    model = encoder()
    if model is None:
        return False
    with _only_maker() as is_free:
        if not is_free:
            return False
        PatentVector.objects.exclude(model=model.name).delete()
        end = time.monotonic() + seconds
        made = 0
        while batch := _make_batch(model):
            made += batch
            if time.monotonic() >= end:
                break
        if made:
            log.info("vectors_made", count=made, **vector_progress()._asdict())
            if not batch:
                with transaction.atomic():
                    publish("patents.vectors.completed", key=f"vectors:{model.name}", model=model.name)
        return batch > 0


def _make_batch(model: Encoder) -> int:
    waiting = Patent.objects.filter(vector=None).order_by("pk").values_list("pk", "title", "abstract")
    texts = {pk: (title, abstract) for pk, title, abstract in waiting[:BATCH]}
    if not texts:
        return 0
    vectors = dict(zip(texts, model.passages([passage_text(*text) for text in texts.values()]), strict=True))
    with transaction.atomic():
        # A patent whose text changed meanwhile waits for the next batch; the lock keeps it from changing just now.
        rows = Patent.objects.filter(pk__in=texts).order_by("pk").select_for_update(no_key=True)
        unchanged = [pk for pk, *text in rows.values_list("pk", "title", "abstract") if tuple(text) == texts[pk]]
        PatentVector.objects.bulk_create(
            [PatentVector(patent_id=pk, model=model.name, embedding=vectors[pk]) for pk in unchanged],
            ignore_conflicts=True,
        )
    return len(texts)


@contextmanager
def _only_maker() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (is_free,) = cursor.fetchone()
    try:
        yield is_free
    finally:
        if is_free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
