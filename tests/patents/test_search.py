"""The public search finds by words, by one character, by number, and counts its facets."""

from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from patents.columns import store
from patents.queries.search import PatentSearch, find
from patents.services import enter_pool, save_offer
from tests.factories.accounts import OrganisationFactory, holder_user
from tests.factories.patents import OFFER, PatentFactory, held_patent

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
    rows = find(PatentSearch(words=words))

    assert list(rows) == [pool[name] for name in found]


def test_search_puts_titles_first(pool):
    later = PatentFactory(title="机床", abstract="主轴由轴承支承。")

    rows = find(PatentSearch(words="轴承"))

    assert list(rows) == [pool["bearing"], later, pool["motor"]]


@pytest.mark.parametrize("written", ["{number}.{check}", "ZL {number}.{check}", "CN{number}{check}", "{number}"])
def test_search_by_number_in_any_form(pool, written):
    patent = pool["motor"]

    rows = find(PatentSearch(words=written.format(number=patent.number, check=patent.check_digit)))

    assert list(rows) == [patent]


def test_search_by_filters(pool):
    assert list(find(PatentSearch(city="370200"))) == [pool["motor"]]
    assert list(find(PatentSearch(ipc="B"))) == [pool["bearing"]]
    assert list(find(PatentSearch(kind="design"))) == [pool["cup"]]


def counted(found):
    """The facets that count anything."""
    return {facet: counts for facet, counts in found.facets().items() if counts}


def test_facet_counts(pool):
    assert counted(find(PatentSearch())) == {
        "kind": {"invention": 2, "design": 1},
        "city": {"370100": 2, "370200": 1},
        "ipc": {"B": 1, "H": 1},
        "status": {"valid": 3},
    }


def test_facets_count_only_what_is_found(pool):
    assert counted(find(PatentSearch(words="轴承", ipc="B"))) == {
        "kind": {"invention": 1},
        "city": {"370100": 1},
        "ipc": {"B23": 1},
        "status": {"valid": 1},
    }


@pytest.fixture
def columns_unread(monkeypatch):
    """As in a process that has just started: one that has read the columns before asks for the changes only."""
    monkeypatch.setattr(store, "_kept", None)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [({}, 8), ({"q": "夹具"}, 10), ({"q": "夹具", "ipc": "B23", "status": "valid", "holder": "试验"}, 11)],
)
@pytest.mark.usefixtures("columns_unread")
def test_search_page_query_count(client, django_assert_num_queries, rows, query, queries):
    holder = OrganisationFactory(name="齐鲁试验大学")
    PatentFactory.create_batch(rows, holder=holder)

    with django_assert_num_queries(queries):
        response = client.get("/patents/", query)

    assert len(response.context["page"]) == rows


def test_search_page_with_nonsense_parameters(client):
    patent = PatentFactory()

    response = client.get("/patents/", {"kind": "spoon", "page": "-7", "city": "999999"})

    assert response.status_code == 200
    assert list(response.context["page"]) == [patent]


@pytest.mark.parametrize(
    ("query", "label", "message"),
    [
        ({"ipc": "XYZ"}, "ipc", "不是国际专利分类号。例如 G06F 或 G06F16；精确到大组。"),
        ({"price_to": "很多"}, "price_to", None),
        ({"maturity_from": "12"}, "maturity_from", None),
    ],
)
def test_a_wrong_condition_does_not_narrow_and_the_page_says_so(client, query, label, message):
    patent = PatentFactory()

    response = client.get("/patents/", query)

    assert list(response.context["page"]) == [patent]
    (error,) = response.context["form"].errors[label]
    assert error in response.content.decode()
    assert message is None or error == message


def test_chips_take_one_condition_away(client):
    holder = OrganisationFactory(name="齐鲁试验大学")
    PatentFactory(holder=holder)

    response = client.get("/patents/", {"q": "夹具", "org": holder.pk, "price_to": "50", "page": "1", "kind": ""})

    assert response.context["chips"] == [
        {"label": "关键词或申请号：夹具", "query": f"org={holder.pk}&price_to=50"},
        {"label": "权利人：齐鲁试验大学", "query": "q=%E5%A4%B9%E5%85%B7&price_to=50"},
        {"label": "价格不高于：50 万元", "query": f"q=%E5%A4%B9%E5%85%B7&org={holder.pk}"},
    ]


def offered_patent(**kwargs):
    """One in the pool, for licence or transfer, at 200,000 to 350,000."""
    holder = holder_user()
    patent = held_patent(holder.organisation, **kwargs)
    enter_pool(listing_id=save_offer(patent_id=patent.pk, by=holder, offer=OFFER).pk, by=holder)
    return patent


@pytest.mark.parametrize("rows", [1, 3])
def test_names_of_holders_are_suggested_in_one_query(client, django_assert_num_queries, rows):
    for n in range(rows):
        PatentFactory.create_batch(2, holder=OrganisationFactory(kind="university", name=f"<i>齐鲁</i>试验大学{n}"))
    OrganisationFactory(kind="university", name="齐鲁没有专利大学")

    with django_assert_num_queries(1):
        response = client.get("/patents/holders/", {"holder": "齐鲁"})

    assert response.context["names"] == [f"<i>齐鲁</i>试验大学{n}" for n in range(rows)]
    assert "<i>" not in response.content.decode()
    assert client.get("/patents/holders/", {"holder": "齐"}).context["names"] == []


def test_a_result_shows_every_way_and_the_range_of_the_price(client):
    offered_patent()

    page = client.get("/patents/").content.decode()

    assert "可许可、转让" in page
    assert "20.00 万元 至 35.00 万元" in page


def test_a_draft_offer_neither_shows_nor_is_found(client):
    holder = holder_user()
    patent = held_patent(holder.organisation)
    listing = save_offer(patent_id=patent.pk, by=holder, offer=OFFER)
    found_by_price = {"price_from": "20", "way": "licence"}

    assert "20.00 万元" not in client.get("/patents/").content.decode()
    assert [row.pk for row in client.get("/patents/", found_by_price).context["page"]] == []

    enter_pool(listing_id=listing.pk, by=holder)

    assert [row.pk for row in client.get("/patents/", found_by_price).context["page"]] == [patent.pk]


def test_sheet_of_what_is_shown(client):
    PatentFactory(title="=一种轴承", price_amount=Decimal("50000.00"), transfer_way="licence", maturity=7)
    PatentFactory(title="水杯", kind="design", main_class="07-01")
    offered_patent(title="一种轴承座")

    response = client.get("/patents/export.xlsx", {"q": "轴承"})

    rows = (
        CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()
    )
    assert [row[1] for row in rows[:3]] == ["名称", "一种轴承座", "'=一种轴承"]
    assert rows[1][9:13] == [7.0, "许可、转让", 200000.0, 350000.0]
    assert rows[2][9:13] == [7.0, "许可", 50000.0, 50000.0]
    assert [row[0].split("；")[0] for row in rows[3:]] == ["检索条件：关键词或申请号：轴承"]


def test_a_sheet_that_is_cut_says_so(client, monkeypatch):
    monkeypatch.setattr("patents.exports.SHEET_LIMIT", 2)
    PatentFactory.create_batch(3)

    response = client.get("/patents/export.xlsx")

    rows = (
        CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()
    )
    assert len(rows) == 1 + 2 + 2
    assert rows[3][0] == "（共 3 件，只导出前 2 件，请缩小范围）"


@pytest.mark.usefixtures("columns_unread")
def test_ipc_tree(client, django_assert_num_queries):
    PatentFactory.create_batch(2, main_class="B23Q3/06")
    PatentFactory(main_class="B60L1/00")
    PatentFactory(main_class="H02K17/26")

    with django_assert_num_queries(4):
        top = client.get("/patents/ipc/")
    below = client.get("/patents/ipc/", {"at": "B23"})

    assert top.context["children"] == [("B", "作业；运输", 3), ("H", "电学", 1)]
    assert below.context["path"] == [("B", "作业；运输"), ("B23", "")]
    assert below.context["children"] == [("B23Q", "", 2)]


def test_results_alone_for_htmx(client):
    PatentFactory()

    response = client.get("/patents/", headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()


def test_patent_page(client, django_assert_num_queries):
    patent = PatentFactory()

    with django_assert_num_queries(17):
        response = client.get(f"/patents/{patent.number}/")

    assert response.context["patent"] == patent


def test_unknown_patent_is_not_found(client):
    assert client.get("/patents/201710000000/").status_code == 404
