"""Speed of the nightly matching of all needs."""

from collections.abc import Iterator

from demand.bench.pool import POOL_SIZE, fill_with_vectors, made_up_need_vectors
from demand.bench_worker import run_workers
from demand.enums import DemandState, MatchState
from demand.models import Demand, DemandVector
from demand.ranking import NeedText, text_digest
from patents.index.services import refresh_index
from portal.bench import Row, benchmark
from portal.demo.need_texts import need_texts
from portal.sheets.models import SheetImport

ALL_NEEDS = 10_000
MEASURED = 400
"""Needs that are matched; the times are scaled to all."""
TWO_WORKERS_RATIO = 0.588
"""1 / 1.7."""


@benchmark("match_all", "match_all_two")
def match_all() -> Iterator[Row]:
    """10,000 needs against 60,000 patents by one worker and by two, from the waiting need to its stored matches."""
    fill_with_vectors(POOL_SIZE)
    refresh_index()
    needs = waiting_needs(MEASURED)
    scale = ALL_NEEDS / MEASURED
    (alone,) = run_workers(count=1, needs=MEASURED)
    yield Row.measured("match_all", scale * alone.seconds, "s", at_most=900)
    Demand.objects.filter(pk__in=needs).update(match_state=MatchState.WAITING)
    two = max(work.seconds for work in run_workers(count=2, needs=MEASURED))
    reference = scale * alone.seconds
    yield Row.measured("match_all_two", scale * two, "s", reference=reference, ratio_at_most=TWO_WORKERS_RATIO)


def waiting_needs(count: int) -> list[int]:
    """Published needs that wait for matching, each with its vector as after the first night."""
    source = SheetImport.objects.create(kind="bench", file_name="bench", sha256="0" * 64, size_bytes=0)
    texts = list(need_texts(count, seed=5))
    needs = Demand.objects.bulk_create(
        Demand(
            ref=f"BENCH-{source.pk}-{number}",
            city_code="370100",
            title=need.title,
            description=need.description,
            target_figures=need.target_figures,
            state=DemandState.PUBLISHED,
            match_state=MatchState.WAITING,
            source_import=source,
        )
        for number, need in enumerate(texts)
    )
    DemandVector.objects.bulk_create(
        DemandVector(
            demand=need,
            model=vector.model,
            text_digest=text_digest(NeedText(need.title, need.description)),
            embedding=vector.values,
        )
        for need, vector in zip(needs, made_up_need_vectors(count), strict=True)
    )
    return [need.pk for need in needs]
