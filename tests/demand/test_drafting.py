import pytest

from demand.policy.drafting import Draft, hints_for, likeness, patent_numbers
from demand.queries.drafting import help_for, patents_named, suggest_fields
from demand.ranking import NeedText
from tests.factories.accounts import sme_user
from tests.factories.demand import GEAR_TEXT, GEAR_TITLE, gear_patent, indexed_pool, published_demand
from tests.factories.patents import PatentFactory

LONG = "风电增速箱行星齿轮渗碳淬火后齿圈变形大，磨齿余量不均，废品率高。现采用井式炉渗碳后直接淬火，齿圈椭圆度超差，需要控制变形的热处理工艺。"


@pytest.mark.parametrize(
    ("draft", "codes"),
    [
        (Draft(), []),
        (Draft(title="齿"), ["no_object", "short", "no_figure"]),
        (Draft(GEAR_TITLE, LONG, figure_count=1), []),
        (Draft(GEAR_TITLE, LONG + "余量不超过 0.2 mm。"), []),
        (Draft(GEAR_TITLE, LONG + "强度达到 900 MPa。"), []),
        (Draft(GEAR_TITLE, LONG), ["no_figure"]),
        (Draft("技术难题", LONG, "行星齿轮", figure_count=1), []),
        (
            Draft("关键技术研究", "产业化开发研究，解决公司生产中的技术难题。"),
            ["boilerplate", "no_object", "short", "no_figure"],
        ),
        (
            Draft("Carburizing of planetary gears", "Distortion after quenching must be below 0.2 mm " * 3),
            ["foreign"],
        ),
        (Draft(GEAR_TITLE, f"<p>{LONG}</p><script>alert(1)</script>", figure_count=1), ["markup"]),
        (Draft(GEAR_TITLE, LONG * 300, figure_count=1), []),
    ],
)
def test_hints_name_what_is_missing(draft, codes):
    assert [hint.code for hint in hints_for(draft)] == codes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("希望使用专利201710601862.3的技术", ["201710601862"]),
        ("ZL 2017 1 0601862.3，以及201710601862.3", ["201710601862"]),
        ("ZL201710601862.3", ["201710601862"]),
        ("校验位错误 201710601862.4", []),
        ("年产 2017106018 吨，电话 13800001111", []),
        ("", []),
    ],
)
def test_patent_numbers_are_those_with_a_right_check_digit(text, found):
    assert [number.value for number in patent_numbers(text)] == found


def test_likeness_is_a_share_of_pairs():
    assert likeness("齿轮变形", "齿轮变形") == 1
    assert likeness("齿轮变形", "锂电隔膜") == 0
    assert likeness("", "") == 0


@pytest.mark.django_db
def test_fields_are_suggested_with_the_words_that_led_there():
    indexed_pool(gear_patent(), gear_patent(main_class="C21D1/18"))

    best = suggest_fields(NeedText(GEAR_TITLE, GEAR_TEXT))[0]

    assert (best.code, best.patent_count) == ("C21D", 2)
    assert "渗碳淬火" in "".join(best.words)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", [NeedText("齿"), NeedText("关键技术研究", "产业化"), NeedText("gear"), NeedText("齿" * 20_000)]
)
def test_an_empty_pool_and_odd_texts_give_no_suggestion(text):
    assert suggest_fields(text) == []


@pytest.mark.django_db
def test_a_patent_named_in_the_text_is_offered():
    patent = PatentFactory(number="201710601862", check_digit="3")

    assert patents_named(NeedText("需求", "参考专利 ZL201710601862.3 及 201710601863.8")) == [patent]


@pytest.mark.django_db
def test_own_needs_nearly_the_same_are_named_others_counted():
    mine, theirs = published_demand(), published_demand()
    from demand.services.demands import index_needs

    index_needs([mine, theirs])
    firm = sme_user(organisation=mine.organisation)

    found = help_for(Draft(GEAR_TITLE, GEAR_TEXT), NeedText(GEAR_TITLE, GEAR_TEXT), firm.organisation)

    assert (found.own_alike, found.others_alike_count) == ([mine], 1)
