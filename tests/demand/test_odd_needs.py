"""Needs that nobody would call well written, from the service to the stored match."""

import pytest

from demand import services
from demand.queries.needs import rows_of
from demand.ranking.weights import NAMED_POINTS
from patents.index.services import refresh_index
from tests.factories.demand import gear_patent, indexed_pool, published_demand
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db

NOISE = "".join(chr(0x4E00 + (place * 7919) % 20_000) for place in range(20_000))


@pytest.mark.parametrize(
    ("title", "description", "found"),
    [
        ("齿", "", []),
        ("风电齿轮箱行星齿轮渗碳淬火", NOISE, ["gear"]),
        ("齿" * 200, "渗碳淬火" * 5_000, ["gear"]),
        ("关键技术研究及产业化", "需求内容：\n预期目标：\n现有工作基础：", []),
        ("Planetary gear carburizing", "We look for a low-distortion quenching process for planetary gears.", []),
        ("LED driver", "constant current LED driver wanted", ["led"]),
        ("<b>行星齿轮</b><script>alert(1)</script>", "<p>渗碳&nbsp;淬火变形</p><!-- 污水曝气 -->", ["gear"]),
        ("，。！", "\x01 \u200b", []),
    ],
    ids=["one", "noise", "long", "boilerplate", "english", "english_word", "html", "nothing"],
)
def test_an_odd_need_is_matched_or_refused_and_nothing_breaks(title, description, found):
    names = {gear_patent().pk: "gear", PatentFactory(title="一种LED恒流驱动电路", abstract="").pk: "led"}
    indexed_pool()
    demand = published_demand(title=title, description=description)

    services.match_demand(demand_id=demand.pk)

    demand.refresh_from_db()
    best = [names.get(pk, "other") for pk in demand.matches.order_by("rank").values_list("patent", flat=True)]
    assert best[: len(found)] == found
    assert demand.match_state == ("matched" if best else "no_good_match")


def test_a_need_that_names_a_patent_is_offered_it_first():
    named = PatentFactory(number="201710601862", check_digit="3", title="一种夹具", abstract="用于加工。")
    indexed_pool(gear_patent(), named)
    demand = published_demand(description="希望受让专利 ZL201710601862.3，用于风电齿轮箱行星齿轮渗碳淬火。")

    services.match_demand(demand_id=demand.pk)

    first, second = demand.matches.order_by("rank")[:2]
    assert (first.patent, float(first.parts["named"])) == (named, NAMED_POINTS)
    assert float(second.parts["named"]) == 0
    assert rows_of([first])[0].facts[0] == {"label": "需求点名的专利", "value": first.score.from_float(60).quantize(1)}


def test_a_named_patent_is_a_good_match_even_if_nothing_else_fits():
    named = PatentFactory(number="201710601862", check_digit="3", title="一种夹具", abstract="用于加工。")
    indexed_pool(named)
    demand = published_demand(title="稀土永磁体晶界扩散", description="与 201710601862.3 类似。")

    services.match_demand(demand_id=demand.pk)

    demand.refresh_from_db()
    assert (demand.match_state, demand.matches.get(rank=1).patent) == ("matched", named)


def test_a_pool_of_none_is_no_good_match():
    refresh_index()
    demand = published_demand()

    services.match_demand(demand_id=demand.pk)

    demand.refresh_from_db()
    assert (demand.match_state, demand.matches.count()) == ("no_good_match", 0)
