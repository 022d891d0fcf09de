from decimal import Decimal

import numpy as np
import pytest

from demand.ranking import NeedFacts, NeedText, need_vector, rank, text_digest
from demand.ranking.weights import MEANING_BASE, MEANING_SCALE
from patents.index.corpus import Corpus, PatentFacts
from patents.index.memory import MemoryPatent, MemoryStore
from patents.vectors.encoders import TextVector

ASKED = TextVector("m", np.eye(384, dtype=np.float32)[0])


def at(cosine, model="m"):
    """A vector whose product with ASKED is `cosine`."""
    values = np.zeros(384, np.float32)
    values[:2] = cosine, np.sqrt(1 - cosine**2)
    return TextVector(model, values)


def meanings(patents, vectors):
    ranking = rank(NeedText("循环水箱"), Corpus(MemoryStore(patents, vectors)), vector=ASKED)
    return {ranked.patent_id: float(ranked.parts["meaning"]) for ranked in ranking.patents}


def points(cosine):
    return pytest.approx(MEANING_SCALE * (cosine - MEANING_BASE), abs=1e-3)


def test_meaning_counts_by_the_cosine_above_the_base():
    patents = {key: MemoryPatent("循环水箱", "") for key in (1, 2, 3)}

    assert meanings(patents, {1: at(0.9), 2: at(0.8), 3: at(0.5)}) == {1: points(0.9), 2: points(0.8), 3: 0}


def test_patent_without_common_words_is_found_by_its_meaning():
    patents = {1: MemoryPatent("循环水箱", ""), 2: MemoryPatent("蓄能罐", "")}

    ranking = rank(NeedText("循环水箱"), Corpus(MemoryStore(patents, {2: at(0.92), 1: at(0.9)})), vector=ASKED)

    assert [(ranked.patent_id, ranked.words == ()) for ranked in ranking.patents] == [(1, False), (2, True)]


def test_patent_that_waits_for_its_vector_counts_the_mean_of_the_others_and_says_so():
    patents = {key: MemoryPatent("循环水箱", "") for key in (1, 2, 3)}
    vectors = {1: at(0.9), 2: at(0.8)}

    ranking = rank(NeedText("循环水箱"), Corpus(MemoryStore(patents, vectors)), vector=ASKED)

    assert meanings(patents, vectors) == {1: points(0.9), 2: points(0.8), 3: points(0.85)}
    assert {ranked.patent_id: "patent_vector" in ranked.missing for ranked in ranking.patents} == {
        1: False,
        2: False,
        3: True,
    }


def test_vectors_of_another_model_count_nothing():
    patents = {1: MemoryPatent("循环水箱", ""), 2: MemoryPatent("蓄能罐", "")}

    assert meanings(patents, {1: at(0.9, "other"), 2: at(0.95, "other")}) == {1: 0}


def test_stated_facts_decide_between_equal_patents_and_sum_to_the_score():
    stated = PatentFacts(legal_status="valid", maturity=9, transfer_way="licence", price_amount=Decimal(50))
    patents = {1: MemoryPatent("循环水箱", ""), 2: MemoryPatent("循环水箱", "", "", stated)}
    facts = NeedFacts(cooperation_way="licence", budget_amount=Decimal(100))

    first, second = rank(NeedText("循环水箱"), Corpus(MemoryStore(patents)), facts=facts).patents

    assert (first.patent_id, second.patent_id) == (2, 1)
    assert first.score - second.score == Decimal("3.4")
    assert first.missing == ("need_figures",)
    assert second.missing == ("need_figures", "patent_maturity", "patent_price", "patent_way", "patent_legal")


def test_vector_of_a_need_is_between_its_title_and_its_text(bundled):
    need = NeedText("循环水箱", "<b>需要</b>节水的水箱")

    found = need_vector(need, bundled)

    halves = bundled.queries(["循环水箱", "循环水箱。需要 节水的水箱"])
    assert found.model == bundled.name
    assert np.linalg.norm(found.values) == pytest.approx(1, abs=1e-5)
    assert halves @ found.values == pytest.approx(np.repeat(np.sqrt((1 + halves[0] @ halves[1]) / 2), 2), abs=1e-3)


def test_digest_changes_with_the_text_that_is_encoded():
    assert text_digest(NeedText("水箱", "a")) == text_digest(NeedText(" 水箱", "a "))
    assert text_digest(NeedText("水箱", "a")) != text_digest(NeedText("水箱", "b"))
