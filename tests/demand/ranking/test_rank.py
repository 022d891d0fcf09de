"""The ranking against BM25 written out plainly."""

import math
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demand.ranking import NeedText, rank
from demand.ranking.fields import FIELD_DEPTH, subclass
from demand.ranking.need import need_terms
from demand.ranking.weights import FIELD_SHARE
from patents.index.blocks import BLOCK_SIZE, CHANNELS, Channel
from patents.index.corpus import Corpus, PatentFacts
from patents.index.memory import MemoryPatent, MemoryStore
from patents.text import normalise, ranking_bigrams, ranking_characters, ranking_words

TEXTS = st.text(alphabet="循环水箱废气处理活性炭吸附塔a1，的", max_size=14)
POOLS = st.dictionaries(
    st.integers(0, 3 * BLOCK_SIZE),
    st.builds(
        MemoryPatent,
        TEXTS,
        TEXTS,
        st.sampled_from(["B01D53/04", "F24H 9/00", "06-05", ""]),
        st.just(PatentFacts()),
    ),
    max_size=10,
)


def corpus(patents):
    return Corpus(MemoryStore(patents))


def plain_scores(need, patents):
    """BM25 of every patent, written without an index: k1 1.2, b 0.75, rarity to the power 1.5, out of 100.

    A patent that has nothing but single characters of the need is left out at the end.
    """
    documents = {
        key: {
            Channel.TITLE_WORD: Counter(ranking_words(normalise(patent.title))),
            Channel.BIGRAM: Counter(
                ranking_bigrams(normalise(patent.title)) * 2 + ranking_bigrams(normalise(patent.abstract))
            ),
            Channel.CHARACTER: Counter(
                ranking_characters(normalise(patent.title)) * 2 + ranking_characters(normalise(patent.abstract))
            ),
        }
        for key, patent in patents.items()
    }
    means = {
        channel: max(sum(counts[channel].total() for counts in documents.values()) / max(len(documents), 1), 1.0)
        for channel in CHANNELS
    }
    weights = {}
    for term, weight in need_terms(need).items():
        found = sum(term.text in counts[term.channel] for counts in documents.values())
        if found:
            weights[term] = weight * math.log1p((len(documents) - found + 0.5) / (found + 0.5)) ** 1.5
    whole = sum(weights.values())
    scores = {}
    for key, counts in documents.items():
        score = 0.0
        for term, weight in weights.items():
            times = counts[term.channel][term.text]
            length = counts[term.channel].total()
            penalty = 1.2 * (0.25 + 0.75 * length / means[term.channel])
            score += 100 * math.sqrt(len(weights) / 150) * weight / whole * times / (times + penalty)
        if score:
            scores[key] = score
    scores |= plain_fields(scores, patents)
    telling = {term for term in weights if term.channel != Channel.CHARACTER}
    return {
        key: score for key, score in scores.items() if any(documents[key][term.channel][term.text] for term in telling)
    }


def plain_fields(scores, patents):
    best = sorted(scores, key=lambda key: (-round(scores[key], 6), key))[:FIELD_DEPTH]
    weights = Counter()
    for key in best:
        if name := subclass(patents[key].main_class):
            weights[name] += scores[key]
    return {
        key: score + FIELD_SHARE * scores[best[0]] * weights[subclass(patents[key].main_class)] / weights.total()
        for key, score in scores.items()
        if weights[subclass(patents[key].main_class)]
    }


@given(TEXTS, TEXTS, POOLS)
def test_scores_are_those_of_plain_bm25(title, description, patents):
    need = NeedText(title, description)

    ranking = rank(need, corpus(patents))

    expected = plain_scores(need, patents)
    assert {ranked.patent_id: float(ranked.score) for ranked in ranking.patents} == pytest.approx(expected, abs=0.01)


@given(TEXTS, TEXTS, POOLS)
def test_words_sum_to_parts_and_parts_to_the_score(title, description, patents):
    ranking = rank(NeedText(title, description), corpus(patents))

    for ranked in ranking.patents:
        sums = {part: Decimal(0) for part in ("title_words", "bigrams")}
        for word in ranked.words:
            sums[word.part] += word.amount
        assert {part: ranked.parts[part] for part in sums} == sums
        assert sum(ranked.parts.values()) == ranked.score
    assert [ranked.score for ranked in ranking.patents] == sorted(
        (ranked.score for ranked in ranking.patents), reverse=True
    )


def test_ranking_names_the_pieces_that_need_and_patent_share():
    patents = {
        1: MemoryPatent("活性炭废气吸附塔", "一种废气吸附塔。", "B01D53/04"),
        2: MemoryPatent("循环水箱", "一种水箱。", "F24H9/00"),
        3: MemoryPatent("肱动脉止血器", "止血用。", "A61B17/12"),
    }

    ranking = rank(NeedText("高效废气吸附塔", "需求内容：活性炭再生"), corpus(patents))

    assert [ranked.patent_id for ranked in ranking.patents] == [1]
    words = ranking.patents[0].words
    assert {(word.text, word.part) for word in words} == {
        ("废气吸附塔", "bigrams"),
        ("活性炭", "bigrams"),
        ("活性炭", "title_words"),
        ("活性", "title_words"),
        ("吸附", "title_words"),
        ("废气", "title_words"),
        ("塔", "title_words"),
    }
    assert [word.amount for word in words] == sorted((word.amount for word in words), reverse=True)


def test_equal_patents_stand_in_order_of_their_ids():
    patents = {key: MemoryPatent("循环水箱", "") for key in (9, 4, BLOCK_SIZE + 1)}

    ranking = rank(NeedText("循环水箱"), corpus(patents))

    assert [ranked.patent_id for ranked in ranking.patents] == [4, 9, BLOCK_SIZE + 1]


def test_top_bounds_the_ranking():
    patents = {key: MemoryPatent("循环水箱", "水" * key) for key in range(1, 30)}

    assert len(rank(NeedText("循环水箱"), corpus(patents), top=3).patents) == 3


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("", ""),
        ("，", ""),
        ("的", "的"),
        ("关键技术研究及产业化", "需求内容：\\n预期目标：\\n现有工作基础："),
        ("water tank", "<p>&nbsp;</p>"),
    ],
)
def test_need_without_a_telling_word_has_no_match(title, description):
    ranking = rank(NeedText(title, description), corpus({1: MemoryPatent("循环水箱", "一种方法。")}))

    assert (ranking.patents, ranking.has_good_match) == ((), False)


def test_empty_pool_has_no_match():
    assert rank(NeedText("循环水箱"), corpus({})).patents == ()


def test_need_of_one_character():
    ranking = rank(NeedText("箱"), corpus({1: MemoryPatent("储物用 箱", ""), 2: MemoryPatent("废气塔", "")}))

    assert [ranked.patent_id for ranked in ranking.patents] == [1]


def test_english_need_finds_english_words():
    patents = {1: MemoryPatent("一种LED驱动电路", ""), 2: MemoryPatent("废气塔", "")}

    assert [ranked.patent_id for ranked in rank(NeedText("led driver"), corpus(patents)).patents] == [1]


def test_html_of_a_need_is_not_read():
    patents = {1: MemoryPatent("循环水箱", ""), 2: MemoryPatent("div选择器", "")}

    ranking = rank(NeedText("<div class='x'>循环&nbsp;水箱</div>"), corpus(patents))

    assert [ranked.patent_id for ranked in ranking.patents] == [1]


def test_need_of_twenty_thousand_characters_is_ranked_by_its_title():
    noise = "".join(chr(0x4E00 + (place * 7919) % 20_000) for place in range(20_000))
    patents = {1: MemoryPatent("循环水箱", ""), 2: MemoryPatent("废气塔", "")}

    ranking = rank(NeedText("循环水箱", noise), corpus(patents))

    assert ranking.patents[0].patent_id == 1


def test_patent_deleted_after_indexing_is_left_out():
    store = MemoryStore({1: MemoryPatent("循环水箱", ""), 2: MemoryPatent("水箱", "")})
    store._patents = {2: MemoryPatent("水箱", "")}

    assert [ranked.patent_id for ranked in rank(NeedText("循环水箱"), Corpus(store)).patents] == [2]
