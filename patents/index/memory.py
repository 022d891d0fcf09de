"""A pool held in memory, for evaluation and tests: the same blocks as in the database."""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from patents.index.blocks import BLOCK_SIZE, Block, Document, build_block
from patents.index.corpus import BlockHead, PatentText


class MemoryPatent(NamedTuple):
    title: str
    abstract: str
    main_class: str = ""


class MemoryStore:
    """Blocks of the patents given by id."""

    def __init__(self, patents: Mapping[int, MemoryPatent]) -> None:
        self._patents = patents
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

    def main_classes(self, patent_ids: Collection[int]) -> dict[int, str]:
        return {key: self._patents[key].main_class for key in patent_ids if key in self._patents}

    def texts(self, patent_ids: Collection[int]) -> dict[int, PatentText]:
        return {
            key: PatentText(self._patents[key].title, self._patents[key].abstract)
            for key in patent_ids
            if key in self._patents
        }
