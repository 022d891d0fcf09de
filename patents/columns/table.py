"""Columns, the masks that filter them and the counts of their values. Pure: no database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Values = tuple[str, ...]


class Vocabulary(dict[Any, int]):
    """Numbers the different contents of a column, by what the database says of a patent.

    It only grows, so tables of different ages share it. `read` gives the content of what is met for the first time.
    """

    def __init__(self, read: Callable[[Any], Values]) -> None:
        super().__init__()
        self._read = read
        self._codes: dict[Values, int] = {}
        self.contents: list[Values] = []

    def __missing__(self, said: Any) -> int:
        content = self._read(said)
        code = self._codes.get(content)
        if code is None:
            code = self._codes[content] = len(self.contents)
            self.contents.append(content)
        self[said] = code
        return code


@dataclass(frozen=True, slots=True)
class Rows:
    """Searchable facts of patents in any order, by column: ids, what is said in words, and numbers."""

    ids: Sequence[int]
    words: Sequence[Sequence[Any]]
    numbers: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Table:
    """Patents by ascending id; all arrays are equally long."""

    names: Sequence[str]
    number_names: Sequence[str]
    vocabularies: Sequence[Vocabulary]
    ids: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    codes: Sequence[npt.NDArray[np.uint32]] = ()
    numbers: Sequence[npt.NDArray[np.int64]] = ()

    @classmethod
    def empty(cls, words: Mapping[str, Callable[[Any], Values]], number_names: Sequence[str]) -> "Table":
        """A table without patents; `words` has for each column how its content is read."""
        return cls(
            tuple(words),
            number_names,
            [Vocabulary(read) for read in words.values()],
            codes=[np.empty(0, np.uint32) for _ in words],
            numbers=[np.empty(0, np.int64) for _ in number_names],
        )

    def with_rows(self, rows: Rows, *, instead_of: Collection[int], block: int) -> "Table":
        """A table with the blocks `instead_of` taken out and `rows` put in; this table stays as it is."""
        kept = ~np.isin(self.ids // block, np.fromiter(instead_of, np.int64)) if instead_of else slice(None)
        size = len(rows.ids)
        ids = np.concatenate([self.ids[kept], np.fromiter(rows.ids, np.int64, size)])
        order = np.argsort(ids, kind="stable")
        codes, numbers = [], []
        for vocabulary, old, said in zip(self.vocabularies, self.codes, rows.words, strict=True):
            added = np.fromiter(map(vocabulary.__getitem__, said), np.uint32, size)
            codes.append(np.concatenate([old[kept], added])[order])
        for old_numbers, new_numbers in zip(self.numbers, rows.numbers, strict=True):
            numbers.append(np.concatenate([old_numbers[kept], np.fromiter(new_numbers, np.int64, size)])[order])
        return Table(self.names, self.number_names, self.vocabularies, ids[order], codes, numbers)

    def everything(self) -> Mask:
        return np.ones(len(self.ids), bool)

    def having(self, name: str, fits: Callable[[Values], bool]) -> Mask:
        """Patents whose content of a column fits."""
        place = self.names.index(name)
        wanted = np.fromiter(map(fits, list(self.vocabularies[place].contents)), bool)
        return wanted[self.codes[place]] if len(wanted) else self.everything()

    def number(self, name: str) -> npt.NDArray[np.int64]:
        return self.numbers[self.number_names.index(name)]

    def those(self, ids: npt.NDArray[np.int64]) -> Mask:
        """Patents with these ids; ids that are not here are passed over."""
        mask = np.zeros(len(self.ids), bool)
        places = np.searchsorted(self.ids, ids)
        inside = places < len(self.ids)
        places, wanted = places[inside], ids[inside]
        mask[places[self.ids[places] == wanted]] = True
        return mask

    def counts(self, name: str, mask: Mask, *, of: Callable[[Values], Values] = tuple) -> dict[str, int]:
        """How many of the patents in `mask` have each word of a column; `of` maps a content to what is counted."""
        place = self.names.index(name)
        by_code = np.bincount(self.codes[place][mask])
        found: dict[str, int] = {}
        for code in np.flatnonzero(by_code):
            for word in of(self.vocabularies[place].contents[code]):
                found[word] = found.get(word, 0) + int(by_code[code])
        return found
