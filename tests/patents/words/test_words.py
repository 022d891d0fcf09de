"""Words find the same patents from the lists as from the patents themselves, whatever changed since."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from patents.columns.store import current_table
from patents.index.blocks import BLOCK_SIZE
from patents.models import Patent
from patents.queries.search import PatentSearch, find
from patents.text import search_vector
from patents.words.models import PART, WordBucket, WordChange
from patents.words.services import refresh_words, write_words
from patents.words.store import having_words
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db

TEXTS = {
    "far": (BLOCK_SIZE + 3, "一种轴承加工用夹具", "包括底座。"),
    "motor": (PART + 1, "绕线式电动机", "转子由轴承支承。"),
    "roller": (PART, "齿辊", "轴承座和壳体"),
    "cup": (7, "水杯", ""),
}
FOUND = [
    ("轴承", {"far", "motor", "roller"}),
    ("轴承 夹具", {"far"}),
    ("电", {"motor"}),
    ("杯", {"cup"}),
    ("水", {"cup"}),
    ("齿辊", {"roller"}),
    ("绕线式电动机", {"motor"}),
    ("飞机", set()),
    ("杯 轴承", set()),
    ("，。", set()),
    ("'; DROP TABLE --", set()),
]


@pytest.fixture
def pool():
    return {name: PatentFactory(pk=pk, title=title, abstract=abstract) for name, (pk, title, abstract) in TEXTS.items()}


def found(words, pool):
    keys = set(find(PatentSearch(words=words)).ids().tolist())
    return {name for name, patent in pool.items() if patent.pk in keys}


def retitle(patent, title):
    patent.title = title
    Patent.objects.filter(pk=patent.pk).update(title=title)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE patents_patent SET search_tokens = %s::tsvector WHERE id = %s",
            [search_vector(title, patent.abstract), patent.pk],
        )


@pytest.mark.parametrize(("words", "names"), FOUND)
def test_words_are_found_before_the_lists_are_written_and_after(pool, words, names):
    before = found(words, pool)
    assert refresh_words() == 2

    assert (before, found(words, pool), WordChange.objects.count()) == (names, names, 0)


def test_titles_come_first_from_the_lists(pool):
    refresh_words()

    rows = find(PatentSearch(words="轴承"))

    assert list(rows) == [pool["far"], pool["motor"], pool["roller"]]


def test_a_changed_title_is_found_at_once_and_its_old_words_are_not(pool):
    refresh_words()

    retitle(pool["motor"], "飞机")

    assert (found("电动机", pool), found("飞机", pool), found("轴承", pool)) == (
        set(),
        {"motor"},
        {"far", "motor", "roller"},
    )
    assert set(WordChange.objects.values_list("part", flat=True)) == {1}
    assert refresh_words() == 1
    assert (found("电动机", pool), found("飞机", pool)) == (set(), {"motor"})


def test_a_new_patent_is_found_and_a_deleted_one_is_not(pool):
    refresh_words()

    pool["new"] = PatentFactory(pk=8, title="茶杯")
    pool["cup"].delete()

    assert found("杯", pool) == {"new"}
    refresh_words()
    assert found("杯", pool) == {"new"}


def test_a_change_that_is_rolled_back_is_not_found(pool):
    refresh_words()

    with transaction.atomic():
        retitle(pool["cup"], "飞机")
        within = found("飞机", pool)
        transaction.set_rollback(True)

    assert (within, found("飞机", pool), found("杯", pool)) == ({"cup"}, set(), {"cup"})


def test_other_facts_leave_the_lists_as_they_are(pool):
    refresh_words()

    Patent.objects.update(city_code="370200", legal_status="refused")

    assert WordChange.objects.count() == 0


@pytest.mark.parametrize("is_written", [False, True])
def test_words_cost_two_queries_however_many_are_found(pool, django_assert_num_queries, is_written):
    if is_written:
        refresh_words()
    table = current_table()

    for tokens in (["轴承"], ["轴承", "夹具"], ["飞机"]):
        with django_assert_num_queries(2):
            having_words(table, tokens)


def test_writing_twice_changes_nothing(pool):
    write_words(0)
    before = {bucket: bytes(data) for bucket, data in WordBucket.objects.values_list("bucket", "data")}

    with CaptureQueriesContext(connection) as captured:
        write_words(0)

    assert [query["sql"] for query in captured if query["sql"].startswith('INSERT INTO "patents_wordbucket"')] == []
    assert {bucket: bytes(data) for bucket, data in WordBucket.objects.values_list("bucket", "data")} == before


def test_block_is_locked_before_anything_is_read():
    with CaptureQueriesContext(connection) as captured:
        write_words(4)

    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert statements[0] == "SELECT pg_advisory_xact_lock(479, 4)"


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_after_the_lists_were_written_is_found():
    patent = PatentFactory(title="水杯")
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE patents_patent SET search_tokens = '''飞机'':1A'::tsvector")
        refresh_words()
        assert find(PatentSearch(words="飞机")).count == 0
        other.commit()
    finally:
        other.close()

    assert list(find(PatentSearch(words="飞机"))) == [patent]
    refresh_words()
    assert list(find(PatentSearch(words="飞机"))) == [patent]
