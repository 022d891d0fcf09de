"""The public search finds by words, by one character, by number, and counts its facets."""

import pytest

from patents.queries.search import PatentSearch, facet_counts, search
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool():
    return {
        "bearing": PatentFactory(title="一种轴承加工用夹具", abstract="包括底座。", main_class="B23Q3/06"),
        "motor": PatentFactory(
            title="绕线式电动机", abstract="转子由轴承支承。", main_class="H02K17/26", city_code="370200"
        ),
        "cup": PatentFactory(title="水杯", abstract="", kind="design", main_class="07-01"),
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("轴承", ["bearing", "motor"]),
        ("轴承 夹具", ["bearing"]),
        ("电", ["motor"]),
        ("杯", ["cup"]),
        ("绕线式电动机", ["motor"]),
        ("飞机", []),
        ("，。", []),
        ("'; DROP TABLE --", []),
        ("& | ! ( ) :A \\", []),
    ],
)
def test_search_by_words(pool, words, found):
    rows = search(PatentSearch(words=words))

    assert list(rows) == [pool[name] for name in found]


def test_search_puts_titles_first(pool):
    later = PatentFactory(title="机床", abstract="主轴由轴承支承。")

    rows = search(PatentSearch(words="轴承"))

    assert list(rows) == [pool["bearing"], later, pool["motor"]]


@pytest.mark.parametrize("written", ["{number}.{check}", "ZL {number}.{check}", "CN{number}{check}", "{number}"])
def test_search_by_number_in_any_form(pool, written):
    patent = pool["motor"]

    rows = search(PatentSearch(words=written.format(number=patent.number, check=patent.check_digit)))

    assert list(rows) == [patent]


def test_search_by_filters(pool):
    assert list(search(PatentSearch(city_code="370200"))) == [pool["motor"]]
    assert list(search(PatentSearch(section="B"))) == [pool["bearing"]]
    assert list(search(PatentSearch(kind="design"))) == [pool["cup"]]


def test_facet_counts(pool):
    counts = facet_counts(search(PatentSearch()))

    assert counts == {
        "kind": {"invention": 2, "design": 1},
        "city_code": {"370100": 2, "370200": 1},
        "section": {"B": 1, "H": 1},
    }


def test_facets_count_only_what_is_found(pool):
    counts = facet_counts(search(PatentSearch(words="轴承")))

    assert counts == {
        "kind": {"invention": 2},
        "city_code": {"370100": 1, "370200": 1},
        "section": {"B": 1, "H": 1},
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_search_page_query_count(client, django_assert_num_queries, rows):
    PatentFactory.create_batch(rows)

    with django_assert_num_queries(3):
        response = client.get("/patents/", {"q": "夹具"})

    assert len(response.context["page"]) == rows


def test_search_page_with_nonsense_parameters(client):
    patent = PatentFactory()

    response = client.get("/patents/", {"kind": "spoon", "page": "-7", "city": "999999"})

    assert response.status_code == 200
    assert list(response.context["page"]) == [patent]


def test_results_alone_for_htmx(client):
    PatentFactory()

    response = client.get("/patents/", headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()


def test_patent_page(client, django_assert_num_queries):
    patent = PatentFactory()

    with django_assert_num_queries(15):
        response = client.get(f"/patents/{patent.number}/")

    assert response.context["patent"] == patent


def test_unknown_patent_is_not_found(client):
    assert client.get("/patents/201710000000/").status_code == 404
