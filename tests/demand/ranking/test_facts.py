from decimal import Decimal

import pytest

from demand.ranking.facts import FactCount, NeedFacts, count_facts
from patents.index.corpus import PatentFacts, PatentText

TEXT = PatentText("耐热涂层", "涂层耐温可达400℃，厚度为0.2~0.5mm，能耗低于 3 kW。")


def points(part, need=None, patent=None):
    """What one part counts: (points, missing fact)."""
    counts = count_facts(need or NeedFacts(), patent or PatentFacts(), TEXT)
    return next((round(count.points, 4), count.missing) for count in counts if count.part == part)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("valid", (1.0, None)),
        ("valid_fee_grace", (1.0, None)),
        ("in_examination", (0.5, None)),
        ("expired", (0.0, None)),
        ("unknown", (0.0, "patent_legal")),
        ("", (0.0, "patent_legal")),
    ],
)
def test_legal_state(status, expected):
    assert points("legal", patent=PatentFacts(legal_status=status)) == expected


@pytest.mark.parametrize(
    ("budget", "price", "expected"),
    [
        ("100", "100", (0.8, None)),
        ("100", "150", (0.4, None)),
        ("100", "200", (0.0, None)),
        ("100", "900", (0.0, None)),
        ("0", "0", (0.8, None)),
        ("0", "1", (0.0, None)),
        (None, "100", (0.0, "need_budget")),
        ("100", None, (0.0, "patent_price")),
        (None, None, (0.0, "patent_price")),
    ],
)
def test_price_against_budget(budget, price, expected):
    need = NeedFacts(budget_amount=None if budget is None else Decimal(budget))
    patent = PatentFacts(price_amount=None if price is None else Decimal(price))

    assert points("price", need, patent) == expected


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("transfer", "transfer", (0.8, None)),
        ("transfer", "licence", (0.0, None)),
        ("licence", "open_licence", (0.8, None)),
        ("investment", "investment", (0.8, None)),
        ("development", "licence", (0.8, None)),
        ("any", "transfer", (0.8, None)),
        ("", "transfer", (0.8, None)),
        ("transfer", "", (0.0, "patent_way")),
    ],
)
def test_way_of_transfer(wanted, offered, expected):
    assert points("way", NeedFacts(cooperation_way=wanted), PatentFacts(transfer_way=offered)) == expected


@pytest.mark.parametrize(
    ("maturity", "expected"), [(9, (0.8, None)), (5, (0.4, None)), (1, (0.0, None)), (None, (0.0, "patent_maturity"))]
)
def test_maturity(maturity, expected):
    assert points("maturity", patent=PatentFacts(maturity=maturity)) == expected


@pytest.mark.parametrize(
    ("need", "patent", "expected"), [("370100", "370100", 0.4), ("370100", "370200", 0), ("", "", 0)]
)
def test_city(need, patent, expected):
    assert points("city", NeedFacts(city_code=need), PatentFacts(city_code=patent)) == (expected, None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("耐温不低于 300 ℃", (1.2, None)),
        ("耐温不低于 300 ℃，硬度达到 60HRC", (0.6, "patent_figures")),
        ("耐温不低于 500 ℃", (0.0, "patent_figures")),
        ("成本下降 20 %", (0.0, "patent_figures")),
        ("20 %", (0.0, "need_figures")),
        ("", (0.0, "need_figures")),
    ],
)
def test_target_figures(wanted, expected):
    assert points("figures", NeedFacts(target_figures=wanted)) == expected


def test_every_fact_is_counted_once():
    counts = count_facts(NeedFacts(), PatentFacts(), TEXT)

    assert [count.part for count in counts] == ["figures", "maturity", "price", "way", "city", "legal"]
    assert counts[4] == FactCount("city", 0.0, None)
