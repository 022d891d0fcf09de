from hypothesis import given
from hypothesis import strategies as st

from demand.ranking.explain import places_of, shared_pieces
from patents.text import bigrams

TEXT = st.text(alphabet="水箱废气循环", max_size=12)


def test_neighbours_join_only_where_the_patent_has_them_together():
    amounts = {"循环": 1.0, "环水": 2.0, "水箱": 4.0}

    assert shared_pieces(places_of("循环水箱", amounts), "循环水路的水箱", amounts) == {"循环水": 3.0, "水箱": 4.0}


def test_a_bigram_counts_in_the_longest_piece_only():
    amounts = {"废气": 1.0, "气塔": 2.0}

    assert shared_pieces(places_of("废气，废气塔", amounts), "废气塔", amounts) == {"废气塔": 3.0}


@given(TEXT, TEXT)
def test_pieces_stand_in_both_texts_and_keep_the_sum(need, patent):
    amounts = dict.fromkeys(set(bigrams(need)) & set(bigrams(patent)), 1.0)

    pieces = shared_pieces(places_of(need, amounts), patent, amounts)

    assert {piece for piece in pieces if piece not in need or piece not in patent} == set()
    assert sum(pieces.values()) == len(amounts)
