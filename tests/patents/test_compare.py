"""Up to four patents side by side, by numbers in the address."""

import pytest

from patents.services.industries import tag_patents
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


def test_side_by_side_in_the_order_asked(client):
    first = PatentFactory(title="夹具", main_class="B25J9/00", maturity=7, overlays=["pledged"])
    second = PatentFactory(title="水杯", kind="design", main_class="07-01")
    tag_patents()

    context = client.get("/patents/compare/", {"n": [second.number, f"ZL{first.number}.{first.check_digit}"]}).context

    assert [column["patent"] for column in context["columns"]] == [second, first]
    rows = dict(context["rows"])
    assert rows["专利类型"] == ["外观设计", "发明"]
    assert rows["法律负担"] == ["—", "已质押"]
    assert rows["技术成熟度"] == ["—", "7 级"]
    assert rows["战略性新兴产业"] == ["—", "2.1 智能制造装备产业（平台粗略对应（未经确认））"]
    assert context["problems"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(client, django_assert_num_queries, rows):
    patents = PatentFactory.create_batch(rows)

    with django_assert_num_queries(2):
        response = client.get("/patents/compare/", {"n": [patent.number for patent in patents]})

    assert len(response.context["columns"]) == rows


def test_a_fifth_is_left_out_and_an_unknown_one_named(client):
    patents = PatentFactory.create_batch(5)

    many = client.get("/patents/compare/", {"n": [patent.number for patent in patents]}).context
    unknown = client.get("/patents/compare/", {"n": [patents[0].number, "<b>spoon</b>"]})

    assert [column["patent"] for column in many["columns"]] == patents[:4]
    assert many["problems"] == ["最多对比 4 件，只显示前 4 件。"]
    assert unknown.context["problems"] == ["没有找到“<b>spoon</b>”。"]
    assert "<b>spoon" not in unknown.content.decode()


def test_nothing_chosen(client):
    assert client.get("/patents/compare/").context["columns"] == []
