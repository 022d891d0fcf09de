from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from patents.index.blocks import (
    BLOCK_SIZE,
    CHANNELS,
    Channel,
    Document,
    PostingReader,
    Term,
    build_block,
    term_hashes,
    term_places,
)
from patents.text import normalise, ranking_bigrams, ranking_characters, ranking_words

TEXTS = st.text(alphabet="水箱废气处理a1，的", max_size=12)
DOCUMENTS = st.dictionaries(st.integers(0, BLOCK_SIZE - 1), st.tuples(TEXTS, TEXTS), max_size=12)


def counted(title, abstract):
    title, abstract = normalise(title), normalise(abstract)
    return {
        Channel.TITLE_WORD: Counter(ranking_words(title)),
        Channel.BIGRAM: Counter(ranking_bigrams(title) * 2 + ranking_bigrams(abstract)),
        Channel.CHARACTER: Counter(ranking_characters(title) * 2 + ranking_characters(abstract)),
    }


def read_all(block, terms):
    reader = PostingReader()
    for place, (bucket, key) in enumerate(term_places(terms)):
        if bucket in block.buckets:
            reader.read(block.buckets[bucket], [(place, key)])
    return by_term(reader.postings(), terms)


def by_term(postings, terms):
    """{term: {offset: count}}."""
    repeated = np.repeat(postings.terms, postings.sizes).tolist()
    found = {}
    for place, offset, count in zip(repeated, postings.offsets.tolist(), postings.counts.tolist(), strict=True):
        found.setdefault(terms[place], {})[offset] = count
    return found


@given(DOCUMENTS)
def test_block_gives_back_every_count_and_no_other(documents):
    expected, lengths = {}, {}
    for offset, (title, abstract) in documents.items():
        for channel, counts in counted(title, abstract).items():
            lengths[channel, offset] = counts.total()
            for text, count in counts.items():
                expected.setdefault(Term(channel, text), {})[offset] = count
    absent = [Term(channel, text) for channel in CHANNELS for text in ("龘龘", "")]

    block = build_block(Document(offset, *texts) for offset, texts in documents.items())

    assert read_all(block, [*expected, *absent]) == expected
    assert block.patent_count == len(documents)
    assert {
        (channel, offset): int(block.lengths[place, offset])
        for place, channel in enumerate(CHANNELS)
        for offset in documents
    } == lengths
    assert block.length_sums == tuple(int(block.lengths[place].sum()) for place in range(len(CHANNELS)))


def test_order_of_documents_does_not_matter():
    documents = [Document(5, "循环水箱", "废气"), Document(2, "废气塔", "水箱水箱")]

    assert build_block(documents).buckets == build_block(reversed(documents)).buckets


def test_counts_above_a_byte_are_clipped():
    block = build_block([Document(0, "", "水箱，" * 300)])

    assert read_all(block, [Term(Channel.BIGRAM, "水箱")]) == {Term(Channel.BIGRAM, "水箱"): {0: 255}}


def test_hashes_are_the_same_in_every_process():
    hashes = term_hashes([Term(Channel.BIGRAM, "水箱"), Term(Channel.TITLE_WORD, "水箱")])

    assert hashes.tolist() == [11892891928076387307, 14809588998219389675]
