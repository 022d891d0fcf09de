import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patents.index.blocks import BLOCK_SIZE, CHANNELS, Document, Term, build_block
from patents.index.corpus import Corpus
from patents.index.memory import MemoryPatent, MemoryStore
from patents.index.models import IndexBlock, IndexBucket, IndexChange
from patents.index.services import index_block, refresh_index, stale_blocks
from patents.index.store import PostgresStore, pool_corpus
from patents.models import Patent
from patents.numbers import check_digit
from tests.factories.patents import PatentFactory
from tests.patents.index.test_blocks import by_term

pytestmark = pytest.mark.django_db


def stored_block(number):
    return dict(IndexBucket.objects.filter(block=number).values_list("bucket", "data"))


def built_block(number):
    patents = Patent.objects.filter(pk__gte=number * BLOCK_SIZE, pk__lt=(number + 1) * BLOCK_SIZE)
    return build_block(Document(patent.pk % BLOCK_SIZE, patent.title, patent.abstract) for patent in patents)


def as_bytes(buckets):
    return {bucket: bytes(data) for bucket, data in buckets.items()}


def test_refresh_of_an_empty_pool_does_nothing():
    assert (refresh_index(), stale_blocks(), pool_corpus().patent_count) == (0, [], 0)


def test_new_patents_make_their_blocks_stale():
    PatentFactory(pk=5)
    PatentFactory(pk=3 * BLOCK_SIZE)

    assert stale_blocks() == [0, 1, 2, 3]


def test_refresh_indexes_each_block_once():
    PatentFactory(pk=5, title="循环水箱")
    PatentFactory(pk=BLOCK_SIZE, title="废气吸附塔")

    assert refresh_index() == 2
    assert refresh_index() == 0
    assert list(IndexBlock.objects.order_by("number").values_list("number", "patent_count")) == [(0, 1), (1, 1)]
    assert as_bytes(stored_block(1)) == built_block(1).buckets


def test_changed_title_rebuilds_the_block_to_what_a_fresh_index_has():
    patent = PatentFactory(pk=7, title="循环水箱", abstract="一种水箱。")
    PatentFactory(pk=8, title="废气吸附塔")
    refresh_index()

    patent.title = "肱动脉止血器"
    patent.save()

    assert stale_blocks() == [0]
    refresh_index()
    assert as_bytes(stored_block(0)) == built_block(0).buckets


def test_deleted_patent_leaves_no_posting():
    PatentFactory(pk=7, title="循环水箱")
    refresh_index()

    Patent.objects.all().delete()
    refresh_index()

    assert stored_block(0) == {}
    assert (pool_corpus().patent_count, stale_blocks()) == (0, [])


def test_change_of_other_columns_leaves_the_block_current():
    PatentFactory(pk=7)
    refresh_index()

    Patent.objects.update(city_code="370200")

    assert stale_blocks() == []


def test_bulk_update_is_seen():
    PatentFactory(pk=7)
    refresh_index()

    Patent.objects.filter(pk=7).update(abstract="水箱")

    assert list(IndexChange.objects.values_list("block", flat=True)) == [0]


def test_block_of_an_older_format_is_not_read_and_rebuilt():
    PatentFactory(pk=7)
    refresh_index()
    IndexBlock.objects.update(format_version=0)

    assert pool_corpus().heads == []
    assert stale_blocks() == [0]


def test_indexing_twice_changes_nothing():
    PatentFactory(pk=7)
    index_block(0)
    before = as_bytes(stored_block(0))

    index_block(0)

    assert as_bytes(stored_block(0)) == before


def test_unchanged_buckets_are_not_written_again():
    PatentFactory(pk=7)
    index_block(0)

    with CaptureQueriesContext(connection) as captured:
        index_block(0)

    assert [query["sql"] for query in captured if query["sql"].startswith('INSERT INTO "patents_indexbucket"')] == []


def test_block_is_locked_before_anything_is_read():
    with CaptureQueriesContext(connection) as captured:
        index_block(4)

    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert statements[0] == "SELECT pg_advisory_xact_lock(478, 4)"


def test_postgres_and_memory_give_the_same_postings():
    texts = {3: ("循环水箱", "废气处理"), 9: ("废气处理塔", "水箱"), BLOCK_SIZE + 1: ("水箱", "水箱水箱")}
    for key, (title, abstract) in texts.items():
        number = f"201710{key:06d}"
        PatentFactory(pk=key, number=number, check_digit=check_digit(number), title=title, abstract=abstract)
    refresh_index()
    memory = Corpus(MemoryStore({key: MemoryPatent(*text) for key, text in texts.items()}))
    terms = [Term(channel, text) for channel in CHANNELS for text in ("水箱", "废气", "处理", "无此")]

    database = Corpus(PostgresStore())

    assert postings_of(database, terms) == postings_of(memory, terms)
    assert database.mean_lengths == memory.mean_lengths
    assert database.frequencies(terms).tolist() == memory.frequencies(terms).tolist()


def postings_of(corpus, terms):
    return {block.number: by_term(block.postings, terms) for block in corpus.blocks(terms)}
