"""A pool held in memory, for evaluation and tests: the same blocks as in the database."""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from patents.index.blocks import BLOCK_SIZE, Block, Document, build_block
from patents.index.corpus import BlockHead, PatentFacts, PatentText
from patents.vectors.encoders import TextVector


class MemoryPatent(NamedTuple):
    title: str
    abstract: str
    main_class: str = ""
    stated: PatentFacts = PatentFacts()

    @property
    def listing(self) -> PatentFacts:
        return self.stated._replace(main_class=self.main_class)


class MemoryStore:
    """Blocks of the patents given by id, and the vectors of those that have one."""

    def __init__(self, patents: Mapping[int, MemoryPatent], vectors: Mapping[int, TextVector] | None = None) -> None:
        self._patents = patents
        self.vectors = dict(vectors or {})
        self._blocks: dict[int, Block] = {
            number: build_block(Document(key % BLOCK_SIZE, patents[key].title, patents[key].abstract) for key in keys)
            for number, keys in groupby(sorted(patents), key=lambda key: key // BLOCK_SIZE)
        }

    def heads(self) -> list[BlockHead]:
        return [BlockHead(number, block.patent_count, block.length_sums) for number, block in self._blocks.items()]

    def lengths(self, numbers: Collection[int]) -> dict[int, npt.NDArray[np.uint16]]:
        return {number: self._blocks[number].lengths for number in numbers}

    def buckets(self, numbers: Collection[int], buckets: Collection[int]) -> Iterable[tuple[int, int, bytes]]:
        for number in numbers:
            for bucket in buckets:
                if data := self._blocks[number].buckets.get(bucket):
                    yield number, bucket, data

    def nearest(self, vector: TextVector, count: int) -> dict[int, float]:
        found = self.closeness(vector, self.vectors)
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:count])

    def closeness(self, vector: TextVector, patent_ids: Collection[int]) -> dict[int, float]:
        keys = [key for key in patent_ids if key in self.vectors and self.vectors[key].model == vector.model]
        if not keys:
            return {}
        cosines = np.stack([self.vectors[key].values for key in keys]) @ vector.values
        return dict(zip(keys, cosines.tolist(), strict=True))

    def facts(self, patent_ids: Collection[int]) -> dict[int, PatentFacts]:
        return {key: self._patents[key].listing for key in patent_ids if key in self._patents}

    def texts(self, patent_ids: Collection[int]) -> dict[int, PatentText]:
        return {
            key: PatentText(self._patents[key].title, self._patents[key].abstract)
            for key in patent_ids
            if key in self._patents
        }
