"""Speed of matching one need."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import starmap

import bm25s

from demand.bench.all_needs import waiting_needs
from demand.bench.pool import LARGE_POOL_SIZE, POOL_SIZE, fill_with_vectors, made_up_need_vectors
from demand.bench_worker import run_workers
from demand.ranking import NeedFacts, NeedText, need_vector, rank
from demand.ranking.need import need_terms
from patents.index.blocks import Channel, Document, terms_of
from patents.index.models import IndexBlock
from patents.index.services import refresh_index
from patents.index.store import pool_corpus
from patents.models import Patent
from patents.vectors.encoders import BundledEncoder, TextVector, passage_text
from portal.bench import Row, benchmark, percentile, seconds
from portal.demo.need_texts import need_texts

NEEDS = 200
TOP = 20
ENCODED = 64


@benchmark("match_60k", "index", "encode_need", "encode_patent")
def match_60k() -> Iterator[Row]:
    """One need against 60,000 patents, with reasons, as a worker does it that has matched others before.

    The need's vector is kept with the need, so encoding it is a row of its own.
    """
    fill_with_vectors(POOL_SIZE)
    refresh_index()
    IndexBlock.objects.update(format_version=0)
    indexed = Patent.objects.count()
    yield Row.measured("index", 1000 * seconds(refresh_index) / indexed, "ms/patent", at_most=1)
    reference = _reference()
    needs = _needs()
    times, reference_times = [], []
    for need, vector in zip(needs, made_up_need_vectors(NEEDS), strict=True):
        # In turn, so that whatever else runs here slows both.
        times.append(seconds(partial(_match, need, vector)))
        reference_times.append(seconds(partial(reference, need)))
    yield Row.measured(
        "match_60k",
        1000 * percentile(times, 0.95),
        "ms",
        at_most=100,
        reference=1000 * percentile(reference_times, 0.95),
        ratio_at_most=10,
    )
    yield from _encoding(needs)


@benchmark("match_600k", "memory_600k")
def match_600k() -> Iterator[Row]:
    """One need against 600,000 patents, and what a worker that does it holds in memory."""
    fill_with_vectors(LARGE_POOL_SIZE)
    refresh_index()
    times = [seconds(partial(_match, *pair)) for pair in zip(_needs(), made_up_need_vectors(NEEDS), strict=True)]
    yield Row.measured("match_600k", 1000 * percentile(times, 0.95), "ms", at_most=400)
    waiting_needs(NEEDS)
    (work,) = run_workers(count=1, needs=NEEDS)
    yield Row.measured("memory_600k", work.peak_mib, "MiB", at_most=1000)


def _needs() -> list[NeedText]:
    return [NeedText(need.title, need.description) for need in need_texts(NEEDS, seed=3)]


def _match(need: NeedText, vector: TextVector) -> object:
    return rank(need, pool_corpus(), TOP, vector=vector, facts=NeedFacts(target_figures="耐温不低于 300 ℃"))


def _encoding(needs: Sequence[NeedText]) -> Iterator[Row]:
    model = BundledEncoder()
    times = [seconds(partial(need_vector, need, model)) for need in needs[:ENCODED]]
    yield Row.measured("encode_need", 1000 * percentile(times, 0.95), "ms")
    rows = Patent.objects.order_by("pk").values_list("title", "abstract")[:ENCODED]
    texts = list(starmap(passage_text, rows))
    yield Row.measured("encode_patent", 1000 * seconds(partial(model.passages, texts)) / ENCODED, "ms/patent")


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
