"""Speed of matching."""

from collections.abc import Callable, Iterator
from functools import partial

import bm25s

from demand.ranking import NeedText, rank
from demand.ranking.need import need_terms
from patents.bench_pool import fill_pool
from patents.index.blocks import Channel, Document, terms_of
from patents.index.models import IndexBlock
from patents.index.services import refresh_index
from patents.index.store import pool_corpus
from patents.models import Patent
from portal.bench import Row, benchmark, percentile, seconds
from portal.demo.need_texts import need_texts

POOL_SIZE = 60_000
NEEDS = 200
TOP = 20


@benchmark("match_60k", "index")
def match_60k() -> Iterator[Row]:
    """One need against 60,000 patents, with reasons, as a worker does it: nothing is held between two needs."""
    fill_pool(POOL_SIZE)
    refresh_index()
    IndexBlock.objects.update(format_version=0)
    indexed = Patent.objects.count()
    yield Row.measured("index", 1000 * seconds(refresh_index) / indexed, "ms/patent", at_most=1)
    reference = _reference()
    needs = [NeedText(need.title, need.description) for need in need_texts(NEEDS, seed=3)]
    times, reference_times = [], []
    for need in needs:  # in turn, so that whatever else runs here slows both
        times.append(seconds(partial(rank, need, pool_corpus(), TOP)))
        reference_times.append(seconds(partial(reference, need)))
    yield Row.measured(
        "match_60k",
        1000 * percentile(times, 0.95),
        "ms",
        at_most=150,
        reference=1000 * percentile(reference_times, 0.95),
        ratio_at_most=10,
    )


def _reference() -> Callable[[NeedText], object]:
    """The same tokens in bm25s, which holds the whole index in memory; from the need's text to the best twenty."""
    rows = Patent.objects.order_by("pk").values_list("title", "abstract")
    retriever = bm25s.BM25()
    retriever.index([_tokens(Document(0, title, abstract)) for title, abstract in rows], show_progress=False)

    def match(need: NeedText) -> object:
        query = [f"{term.channel}{term.text}" for term in need_terms(need)]
        return retriever.retrieve([query], k=TOP, show_progress=False)

    return match


def _tokens(document: Document) -> list[str]:
    by_channel = terms_of(document)
    return [f"{channel}{text}" for channel in Channel for text in by_channel[channel]]
