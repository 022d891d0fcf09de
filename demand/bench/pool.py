"""A pool with vectors to measure on."""

import io

import numpy as np
import numpy.typing as npt
from django.db import connection

from patents.bench_pool import fill_pool
from patents.models import Patent
from patents.vectors.encoders import DIMENSIONS, BundledEncoder, TextVector
from patents.vectors.models import PatentVector

POOL_SIZE = 60_000
LARGE_POOL_SIZE = 600_000
_SUBJECTS = 500
_ROWS_AT_ONCE = 10_000
_INDEX = "patent_vector_nearest"


def fill_with_vectors(size: int) -> None:
    """Generated patents up to `size`, each with a made-up vector: how long a search takes depends on the shape only."""
    fill_pool(size)
    lacking = list(Patent.objects.filter(vector=None).order_by("pk").values_list("pk", flat=True))
    if not lacking:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [_INDEX])
        (definition,) = cursor.fetchone()
        # Row by row the graph takes half an hour; built at once it takes minutes.
        cursor.execute(f"DROP INDEX {_INDEX}")
        for start in range(0, len(lacking), _ROWS_AT_ONCE):
            _copy_vectors(lacking[start : start + _ROWS_AT_ONCE], seed=start)
        cursor.execute("SET maintenance_work_mem = '3GB'")
        cursor.execute(definition)
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("ANALYZE patents_patentvector")


def made_up_vectors(count: int, seed: int) -> npt.NDArray[np.float32]:
    """Vectors of length 1 that lie like those of texts: all of them near each other, those of a subject nearer."""
    subjects = np.random.default_rng(0).standard_normal((_SUBJECTS + 1, DIMENSIONS))
    chance = np.random.default_rng([1, seed])
    own = chance.standard_normal((count, DIMENSIONS))
    found = 2.0 * subjects[0] + 0.7 * subjects[1 + chance.integers(_SUBJECTS, size=count)] + 0.7 * own
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def made_up_need_vectors(count: int) -> list[TextVector]:
    """Vectors of needs under the name of the model that the pool's vectors carry."""
    return [TextVector(BundledEncoder.name, vector) for vector in made_up_vectors(count, seed=99)]


def _copy_vectors(patents: list[int], seed: int) -> None:
    vectors = made_up_vectors(len(patents), seed).round(4).tolist()
    lines = (
        f"{patent}\t{BundledEncoder.name}\t[{','.join(map(str, row))}]\n"
        for patent, row in zip(patents, vectors, strict=True)
    )
    with connection.cursor() as cursor:
        table = PatentVector._meta.db_table
        cursor.copy_expert(f"COPY {table} (patent_id, model, embedding) FROM STDIN", io.StringIO("".join(lines)))
