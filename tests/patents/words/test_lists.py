from hypothesis import given
from hypothesis import strategies as st

from patents.index.blocks import BLOCK_SIZE
from patents.text import search_vector
from patents.words.lists import build_lists, having_all, token_places

TOKENS = st.sampled_from(["水", "箱", "水箱", "废气", "a1", "2018"])
WHERE = st.sampled_from([":1A", ":1"])
DOCUMENTS = st.dictionaries(st.integers(0, BLOCK_SIZE - 1), st.dictionaries(TOKENS, WHERE), max_size=12)


def found(documents, tokens):
    """The places of patents that have all tokens, and of those with all in the title."""
    vectors = {
        place: " ".join(f"'{token}'{where}" for token, where in said.items()) for place, said in documents.items()
    }
    buckets = build_lists(vectors.items())
    return tuple(set(mask.nonzero()[0].tolist()) for mask in having_all(token_places(tokens), buckets))


@given(DOCUMENTS, st.lists(TOKENS, min_size=1, max_size=3, unique=True))
def test_lists_give_back_every_patent_and_no_other(documents, tokens):
    anywhere = {place for place, said in documents.items() if said.keys() >= set(tokens)}
    in_title = {place for place in anywhere if all(documents[place][token] == ":1A" for token in tokens)}

    assert found(documents, tokens) == (anywhere, in_title)


def test_order_of_patents_does_not_matter():
    vectors = [(5, search_vector("循环水箱", "废气")), (2, search_vector("废气塔", "水箱水箱"))]

    assert build_lists(vectors) == build_lists(reversed(vectors))


def test_no_patents_have_no_lists():
    assert build_lists([]) == build_lists([(3, "")]) == {}
