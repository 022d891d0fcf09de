"""Figures as firms and patents write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demand.evidence import Evidence, evidence_for, wanted_figures
from demand.ranking.figures import FIGURE, SHARE, Figure, figures, met, quantities_in, shares_in
from patents.text import normalise

PIECES = ["效率", "强度", "提高", "降低", "至", "到", "达到", "不低于", "≤", "以上", "万", "倍", "%", "℃", "mpa", "h", "次", "吨",
          "-", "~", ".", ",", ";", ":", " ", "\n", "a", "3", "12", "0.5"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不低于300℃", [Figure(300, 300, "℃", "at_least")]),
        ("耐温≥300°C", [Figure(300, 300, "℃", "at_least")]),
        ("耐压 >= 2.5 MPa", [Figure(2.5, 2.5, "mpa", "at_least")]),
        ("耐压 ＞２ ＭＰａ", [Figure(2, 2, "mpa", "at_least")]),
        ("≤ 0.5 mm", [Figure(0.5, 0.5, "mm", "at_most")]),
        ("厚度＜0.5 mm", [Figure(0.5, 0.5, "mm", "at_most")]),
        ("粒径小于等于 10 μm", [Figure(10, 10, "μm", "at_most")]),
        ("200~300MPa", [Figure(200, 300, "mpa")]),
        ("200～300 MPa", [Figure(200, 300, "mpa")]),
        ("200至300 MPa", [Figure(200, 300, "mpa")]),
        ("200℃-300℃", [Figure(200, 300, "℃")]),
        ("-26 ℃下连续运行7 h", [Figure(-26, -26, "℃"), Figure(7, 7, "h")]),
        ("-40~-20℃", [Figure(-40, -20, "℃")]),
        ("5kW以上", [Figure(5, 5, "kw", "at_least")]),
        ("连续运行8小时以上", [Figure(8, 8, "h", "at_least")]),
        ("30分钟以内", [Figure(30, 30, "min", "at_most")]),
        ("寿命 5 万次", [Figure(50_000, 50_000, "次")]),
        ("产能10~20万吨", [Figure(100_000, 200_000, "t")]),
        ("２吨", [Figure(2, 2, "t")]),
        ("1500 rpm", [Figure(1500, 1500, "r/min")]),
        ("成品率不低于 95 %", [Figure(95, 95, "%", "at_least", "成品率")]),
        ("致密度达到９９.６％", [Figure(99.6, 99.6, "%", "about", "致密度")]),
        ("收率 90%~95%", [Figure(90, 95, "%", "about", "收率")]),
        ("能耗降低 20 %", [Figure(20, 20, "%", "at_least", "能耗", "fall")]),
        ("能耗降低至 5 %", [Figure(5, 5, "%", "about", "能耗")]),
        ("效率提高2.4倍", [Figure(2.4, 2.4, "倍", "at_least", "效率", "rise")]),
        ("型号A3的零件5个", []),
        ("2030年，20%", []),
        ("", []),
    ],
)
def test_figures_of_a_text(text, expected):
    assert figures(text) == expected


@pytest.mark.parametrize(
    ("wanted", "stated", "expected"),
    [
        ("不低于300℃", "耐温 250-320℃", 1),
        ("不低于300℃", "耐温 299℃", 0),
        ("小于5mm", "厚 2mm", 1),
        ("小于5mm", "厚 6mm", 0),
        ("100MPa", "强度 95MPa", 1),
        ("100MPa", "强度 80MPa", 0),
        ("100MPa", "100℃", 0),
        ("不低于 0.5 MPa", "耐压 600 kPa", 1),
        ("不低于 0.5 MPa", "耐压 400 kPa", 0),
        ("不高于 0.2 mm", "余量 150 μm", 1),
        ("不少于 2 h", "连续 90 分钟", 0),
        ("不少于 1.5 h", "连续 90 分钟", 1),
        ("不少于 3 万次", "寿命 50000次", 1),
        ("-26 ℃", "在-27℃下", 1),
        ("-26 ℃", "在26℃下", 0),
        ("不高于 -26 ℃", "可在-30℃下", 1),
        ("成品率不低于 95 %", "产品成品率达 97%", 1),
        ("成品率不低于 95 %", "回收率达 97%", 0),
        ("能耗降低 20 %", "综合能耗下降了 25%", 1),
        ("能耗降低 20 %", "综合能耗提高 25%", 0),
        ("能耗降低 20 %", "能耗降低至 25%", 0),
        ("效率提高 2 倍", "成形效率提高2.2倍", 1),
        ("效率提高 2 倍", "成形效率提高1.5倍", 0),
    ],
)
def test_figures_are_met_by_kind_and_value(wanted, stated, expected):
    assert met(figures(wanted), stated) == expected


def test_each_wanted_figure_names_the_sentence_that_states_it():
    wanted = wanted_figures("磨齿余量不高于 0.2 mm；-20 ℃下连续运行7 h，外观良好；能耗降低 20 %")
    abstract = "本发明公开了一种方法。试验表明，磨齿余量降到150 μm，变形小；-21 ℃下连续运行5 h；综合能耗降低12%。"

    found = evidence_for(wanted, "一种渗碳方法", abstract)

    assert found == [
        Evidence("磨齿余量不高于 0.2 mm", "试验表明，磨齿余量降到150 μm，变形小", "磨齿余量降到150 μm", is_met=True),
        Evidence("-20 ℃下连续运行7 h（-20 ℃）", "-21 ℃下连续运行5 h", "-21 ℃下连续运行5 h", is_met=True),
        Evidence("-20 ℃下连续运行7 h（7 h）"),
        Evidence("能耗降低 20 %", "综合能耗降低12%", "综合能耗降低12%"),
    ]


@pytest.mark.parametrize("text", ["", "效果良好", "2030年"])
def test_what_cannot_be_compared_is_not_wanted(text):
    assert wanted_figures(text) == []


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_looking_only_where_something_can_be_finds_what_looking_everywhere_finds(text):
    plain = normalise(text)

    assert [found.span() for found in quantities_in(plain)] == [found.span() for found in FIGURE.finditer(plain)]
    assert [found.groups() for found in shares_in(plain)] == [found.groups() for found in SHARE.finditer(plain)]
