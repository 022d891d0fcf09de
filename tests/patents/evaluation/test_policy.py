"""Scores, computed indicators and the high-value test, by tables of worked examples."""

import copy
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patents.enums.evaluation import Finding
from patents.policy.evaluation import Given, evaluate, read_table
from patents.policy.high_value import Evidence, HighValueRule, InventionFacts, is_high_value, kind_results
from patents.policy.indicators import PatentFacts, check_computed, computed_values
from portal.errors import Invalid
from portal.policy.results import Line

D = Decimal
SHIPPED = {row["code"]: row for row in json.loads(Path("patents/rules/evaluation.json").read_text(encoding="utf-8"))}
PARAMETERS = SHIPPED["PVD-2012"]["parameters"]
TABLE = read_table("PVD-2012", PARAMETERS)
SMALL = {
    "scale": 10,
    "indicators": [
        {"code": "S", "name": "稳定性", "dimension": "legal", "multiplier": True},
        {"code": "A", "name": "甲", "dimension": "legal", "weight": "0.6"},
        {"code": "B", "name": "乙", "dimension": "legal", "weight": "0.4"},
        {"code": "T", "name": "丙", "dimension": "technical", "weight": "1"},
        {"code": "E", "name": "丁", "dimension": "economic", "weight": "1"},
    ],
    "scenes": [{"code": "x", "name": "甲场景", "weights": {"legal": "0.5", "technical": "0.2", "economic": "0.3"}}],
}


def small(**changes):
    parameters = copy.deepcopy(SMALL)
    parameters.update(changes)
    return read_table("SMALL", parameters)


def of(**values):
    return {code: Given(D(value)) for code, value in values.items()}


@pytest.mark.parametrize(
    ("values", "scores", "total"),
    [
        # LVD = 8/10 x (0.6x7 + 0.4x5)/10 x 100 = 49.6; PVD = 0.5x49.6 + 0.2x90 + 0.3x40 = 54.8
        (of(S="8", A="7", B="5", T="9", E="4"), ("49.60", "90.00", "40.00"), "54.80"),
        (of(S="10", A="10", B="10", T="10", E="10"), ("100.00", "100.00", "100.00"), "100.00"),
        (of(S="0", A="10", B="10", T="10", E="10"), ("0.00", "100.00", "100.00"), "50.00"),
        # 3.3/10 x 3.33/10 x 100 = 10.989: half up; PVD = 0.5x10.99 + 0.2x33.3 + 0.3x33.3 = 22.145: half up again.
        (of(S="3.3", A="3.33", B="3.33", T="3.33", E="3.33"), ("10.99", "33.30", "33.30"), "22.15"),
        # Without B the weight of A is scaled up: 8/10 x 7/10.
        (of(S="8", A="7", T="9", E="4"), ("56.00", "90.00", "40.00"), "58.00"),
        (of(A="7", B="5", T="9", E="4"), (None, "90.00", "40.00"), None),
        (of(S="8", T="9", E="4"), (None, "90.00", "40.00"), None),
        (of(S="8", A="7", B="5"), ("49.60", None, None), None),
        ({}, (None, None, None), None),
    ],
)
def test_worked_examples(values, scores, total):
    outcome = evaluate(small(), "x", values)

    expected = tuple(None if score is None else D(score) for score in scores)
    assert tuple(outcome.dimensions.values()) == expected
    assert outcome.total == (None if total is None else D(total))


def test_every_number_is_explained():
    outcome = evaluate(small(), "x", of(S="8", A="7", B="5", T="9", E="4"))

    assert outcome.lines == (
        Line("LVD", "甲：7 × 权重 0.6", "4.2"),
        Line("LVD", "乙：5 × 权重 0.4", "2.0"),
        Line("LVD", "乘数 稳定性：8/10", "8"),
        Line("LVD", "法律价值 = 稳定性 8/10 × 加权和 6.2 ÷ 1.0 ÷ 10 × 100，四舍五入到两位小数", "49.60"),
        Line("TVD", "丙：9 × 权重 1", "9"),
        Line("TVD", "技术价值 = 加权和 9 ÷ 1 ÷ 10 × 100，四舍五入到两位小数", "90.00"),
        Line("EVD", "丁：4 × 权重 1", "4"),
        Line("EVD", "经济价值 = 加权和 4 ÷ 1 ÷ 10 × 100，四舍五入到两位小数", "40.00"),
        Line(
            "PVD",
            "场景“甲场景”：0.5 × LVD 49.60 + 0.2 × TVD 90.00 + 0.3 × EVD 40.00，四舍五入到两位小数",
            "54.80",
        ),
    )


@given(st.lists(st.decimals("0", "10", places=1), min_size=5, max_size=5))
def test_scores_stay_between_0_and_100(numbers):
    outcome = evaluate(small(), "x", dict(zip("SABTE", map(Given, numbers), strict=True)))

    assert all(0 <= score <= 100 for score in [*outcome.dimensions.values(), outcome.total])


def test_a_value_beyond_the_scale_is_refused():
    with pytest.raises(Invalid) as refusal:
        evaluate(small(), "x", of(A="10.1"))

    assert refusal.value.field == "A"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scenes": []}, "指标表至少要有一个场景，量程应大于零。"),
        ({"indicators": SMALL["indicators"][1:2]}, "法律价值各指标权重之和为 0.6，应为 1。"),
        ({"indicators": [*SMALL["indicators"], SMALL["indicators"][4]]}, "指标代码“E”重复。"),
        ({"shape": {"level2": 14, "level3": 27}}, "该标准有 14 项二级指标，表中有 0 项。"),
        ({"shape": {"level3": 27}}, "该标准有 27 项三级指标，表中有 5 项。"),
        (
            {
                "scenes": [
                    {"code": "x", "name": "乙", "weights": {"legal": "0.5", "technical": "0.2", "economic": "0.2"}}
                ]
            },
            "场景“乙”的三项权重之和为 0.9，应为 1。",
        ),
    ],
)
def test_a_table_that_does_not_add_up_is_refused(changes, message):
    with pytest.raises(Invalid) as refusal:
        small(**changes)

    assert refusal.value.message == message


def test_the_shipped_table_has_the_18_indicators_of_2012():
    names = {dimension: [row.name for row in TABLE.of(dimension)] for dimension in ("legal", "technical", "economic")}

    assert names == {
        "legal": ["稳定性", "可规避性", "依赖性", "侵权可判定性", "有效期", "多国申请", "许可状况"],
        "technical": ["先进性", "行业发展趋势", "适用范围", "配套技术依存度", "可替代性", "成熟度"],
        "economic": ["市场应用情况", "市场规模前景", "市场占有率", "竞争情况", "政策适应性"],
    }
    assert [scene.code for scene in TABLE.scenes] == ["licence_transfer", "finance", "graded"]
    check_computed(TABLE)


def facts(**changes):
    values = {
        "kind": "invention", "status": "valid", "remaining_years": D("12.3"), "claim_count": 9, "overseas": (),
        "overlays": frozenset(), "events": (), "maturity": 6, "licence_count": 0,
    }  # fmt: skip
    return PatentFacts(**values | changes)


@pytest.mark.parametrize(
    ("changes", "code", "expected"),
    [
        ({}, "L1", Given(D(8), "经实质审查授权，无无效宣告记录")),
        ({"events": ("XIR1", "XIR2")}, "L1", Given(D(10), "经无效宣告程序维持有效")),
        ({"overlays": frozenset({"invalidation_pending"})}, "L1", Given(D(3), "无效宣告请求审理中")),
        ({"overlays": frozenset({"invalid_part"})}, "L1", Given(D(6), "曾被宣告部分无效")),
        ({"kind": "design"}, "L1", Given(D(5), "外观设计未经实质审查，无无效宣告记录")),
        ({}, "L5", Given(D(9), "剩余保护期 12.3 年")),
        ({"remaining_years": D("0.0")}, "L5", Given(D(1), "剩余保护期 0.0 年")),
        ({"remaining_years": D("15.0")}, "L5", Given(D(10), "剩余保护期 15.0 年")),
        ({}, "L6", Given(D(3), "没有登记海外同族")),
        ({"overseas": ("US", "JP", "US")}, "L6", Given(D(8), "海外同族 2 个国家（地区）：JP、US")),
        ({}, "L7", Given(D(4), "没有运行中的许可记录")),
        ({"licence_count": 2}, "L7", Given(D(8), "普通许可中（其中本平台开放许可 2 项）")),
        ({"overlays": frozenset({"licensed_sole"})}, "L7", Given(D(10), "独占或者排他许可有效期内")),
        ({}, "T6", Given(D(7), "入库信息填写的技术成熟度 TRL 6")),
    ],
)
def test_computed_indicators_with_their_facts(changes, code, expected):
    assert computed_values(TABLE, facts(**changes))[code] == expected


def test_an_unknown_fact_leaves_the_indicator_to_people():
    found = computed_values(TABLE, facts(maturity=None, remaining_years=None))

    assert sorted(found) == ["L1", "L6", "L7"]


RULE = HighValueRule.read(SHIPPED["HIGH-VALUE-5"]["parameters"])
DAY = dt.date(2026, 1, 1)
PLEDGE = Evidence("pledge", "专利质押贷款", dt.date(2025, 3, 6), "融资项目 RZ1", D("3000000.00"))
AWARD = Evidence("china_patent_award", "中国专利优秀奖", dt.date(2024, 7, 1), "国知发〔2024〕1号")


def invention(**changes):
    values = {
        "kind": "invention", "status": "valid", "classes": ["B23Q3/06"], "filed_on": dt.date(2017, 7, 21),
        "industries": (), "concordance": "参照关系表 2021", "is_own_concordance": False,
        "granted_on": dt.date(2019, 5, 1), "overseas": [], "evidence": [],
    }  # fmt: skip
    return InventionFacts(**values | changes)


def findings(invented, rule=RULE, day=DAY):
    return "".join(
        {"met": "+", "not_met": "-", "unsettled": "?"}[one.finding] for one in kind_results(invented, rule, day)
    )


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, "-----"),
        ({"industries": (("H01M10/052", "5.2 新能源汽车装置、配件制造"),)}, "+----"),
        ({"concordance": ""}, "?----"),
        ({"overseas": ["US10123456"]}, "-+---"),
        # Ten years to the day are not more than ten.
        ({"granted_on": dt.date(2016, 1, 1)}, "-----"),
        ({"granted_on": dt.date(2015, 12, 31)}, "--+--"),
        ({"granted_on": None}, "-----"),
        ({"evidence": [PLEDGE]}, "---?-"),
        ({"evidence": [AWARD]}, "----+"),
        ({"kind": "utility_model", "evidence": [AWARD]}, "-----"),
        ({"status": "lapsed_unpaid", "evidence": [AWARD]}, "-----"),
        ({"status": "valid_fee_grace", "evidence": [AWARD]}, "----+"),
    ],
)
def test_the_five_kinds(changes, found):
    assert findings(invention(**changes)) == found


@pytest.mark.parametrize(("amount", "found"), [("3000000.00", "---+-"), ("3000000.01", "-----")])
def test_h4_with_an_amount_that_somebody_has_set(amount, found):
    rule = HighValueRule(10, "grant", D(amount))

    assert findings(invention(evidence=[PLEDGE]), rule) == found


def test_h3_from_filing_when_the_parameter_says_so():
    rule = HighValueRule(10, "filing", None)

    assert findings(invention(filed_on=dt.date(2015, 6, 1)), rule) == "--+--"


def test_each_kind_names_its_fact_and_what_is_unconfirmed():
    own = {"concordance": "平台粗略对应（未经确认）", "is_own_concordance": True}
    proven = invention(industries=(("H01M10/052", "5.2 配件"),), evidence=[PLEDGE, AWARD], **own)
    results = kind_results(proven, RULE, DAY)

    assert [(one.fact, one.caveat) for one in results] == [
        (
            "分类号 H01M10/052 对应战略性新兴产业 5.2 配件（平台粗略对应（未经确认））",
            "国际专利分类与产业的对应为平台粗略映射，未经确认",
        ),
        ("没有登记海外同族专利", ""),
        ("授权公告日 2019-05-01，满 10 年为 2029-05-01", "维持年限自授权公告日起算，未经确认"),
        (
            "质押融资 3,000,000.00 元（2025-03-06，融资项目 RZ1）",
            "来源没有写明多少为“较高”，未经确认",
        ),
        ("获奖：中国专利优秀奖（2024-07-01，国知发〔2024〕1号）", ""),
    ]
    assert is_high_value(results)


def test_an_unsettled_kind_makes_nothing_high_value():
    results = kind_results(invention(evidence=[PLEDGE]), RULE, DAY)

    assert results[3].finding == Finding.UNSETTLED
    assert not is_high_value(results)
