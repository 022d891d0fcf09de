import pytest
from hypothesis import given
from hypothesis import strategies as st

from patents.text import (
    QUERY_TOKEN_LIMIT,
    bigrams,
    normalise,
    ranking_bigrams,
    ranking_words,
    search_query_tokens,
    search_tokens,
    search_vector,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  一种\n水箱　装置 ", "一种 水箱 装置"),
        ("ＰＰ介质①", "pp介质1"),
        ("<p>氧<b>探头</b></p>", "氧 探头"),
        ("<P class='x'>氧&nbsp;探头&lt;br&gt;", "氧 探头"),
        ("温度<300℃且>50MPa", "温度 300°c且 50mpa"),
        ("A&amp;amp;B", "a amp;b"),
        (r"预期目标\n降低成本", "预期目标 降低成本"),
        ("坏\ud800字\x00", "坏 字"),
    ],
)
def test_normalise_known_texts(text, expected):
    assert normalise(text) == expected


@given(st.text() | st.text(alphabet="<>&;/ltgamp#x1b水İ\\n ｂ＜＞＆"))
def test_normalise_is_idempotent(text):
    once = normalise(text)

    assert normalise(once) == once


@given(st.text(alphabet=st.characters(codec=None)), st.text())
def test_no_text_breaks_the_tokens(title, abstract):
    in_title, in_abstract = search_tokens(title, abstract)

    tokens = in_title | in_abstract | set(search_query_tokens(title))
    assert {token for token in tokens if not token.isalnum()} == set()
    assert in_title & in_abstract == set()
    ranking_words(normalise(title))
    ranking_bigrams(normalise(title))


def test_words_are_those_of_the_dictionary_and_those_inside():
    assert words("医疗器械清洗机fr-4") == ["医疗", "器械", "医疗器械", "清洗", "清洗机", "fr", "4"]


def test_bigrams_stop_at_everything_that_is_not_a_chinese_character():
    assert bigrams("循环水,水箱 a箱") == ["循环", "环水", "水箱"]


def test_ranking_drops_genre_words_and_form_headings():
    text = normalise(r"需求内容\n一种废气处理系统的关键技术研究及产业化")

    assert ranking_words(text) == ["废气", "处理"]
    assert ranking_bigrams(text) == ["种废", "废气", "气处", "处理", "理系"]


def test_search_tokens_of_title_and_abstract():
    assert search_tokens("水箱", "水箱的齿辊涂层") == ({"水", "箱", "水箱"}, {"齿", "辊", "齿辊", "涂层"})


def test_search_vector_weighs_the_title():
    assert sorted(search_vector("水箱", "涂层").split()) == ["'水':1A", "'水箱':1A", "'涂层':1", "'箱':1A"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("，", []),
        ("水", ["水"]),
        ("的", ["的"]),
        ("水箱的涂层", ["水箱", "涂层"]),
        ("齿辊", ["齿辊"]),
        ("氧 氮", ["氧", "氮"]),
        ("FR-4覆铜板", ["fr", "4", "覆", "铜板"]),
    ],
)
def test_query_tokens_known_queries(query, expected):
    assert search_query_tokens(query) == expected


def test_query_of_a_whole_page_keeps_a_bounded_number_of_tokens():
    assert len(search_query_tokens("循环水箱废气处理活性炭吸附催化剂再生氨纶丝" * 50)) <= QUERY_TOKEN_LIMIT


@given(st.sampled_from(["一种微晶齿辊", "高效废气处理循环水箱", "色环光纤二次着色机", "肱动脉止血器"]), st.data())
def test_title_is_found_by_each_of_its_one_and_two_character_parts(title, data):
    start = data.draw(st.integers(0, len(title) - 1))
    part = title[start : start + data.draw(st.integers(1, 2))]

    in_title, _ = search_tokens(title, "")

    missing = set(search_query_tokens(part)) - in_title
    assert missing == set()
