"""Columns, the masks that filter them and the counts of their values. Pure: no database."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Values = tuple[str, ...]


class Vocabulary:
    """Numbers the different contents of a column. It only grows, so tables of different ages share it."""

    def __init__(self) -> None:
        self._codes: dict[Values, int] = {}
        self.contents: list[Values] = []

    def code(self, content: Values) -> int:
        """The number of a content, a new one where it was not seen before."""
        found = self._codes.get(content)
        if found is None:
            found = self._codes[content] = len(self.contents)
            self.contents.append(content)
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """The searchable facts of one patent: words by column (none, one or several), and numbers."""

    id: int
    words: Sequence[Values]
    numbers: Sequence[int]


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
    def empty(cls, names: Sequence[str], number_names: Sequence[str]) -> "Table":
        return cls(
            names,
            number_names,
            [Vocabulary() for _ in names],
            codes=[np.empty(0, np.uint32) for _ in names],
            numbers=[np.empty(0, np.int64) for _ in number_names],
        )

    def with_rows(self, rows: Iterable[Row], *, instead_of: Collection[int], block: int) -> "Table":
        """A table with the blocks `instead_of` taken out and `rows` put in; this table stays as it is."""
        kept = ~np.isin(self.ids // block, np.fromiter(instead_of, np.int64)) if instead_of else slice(None)
        new = list(rows)
        ids = np.concatenate([self.ids[kept], np.fromiter((row.id for row in new), np.int64, len(new))])
        order = np.argsort(ids, kind="stable")
        codes, numbers = [], []
        for place, (vocabulary, old) in enumerate(zip(self.vocabularies, self.codes, strict=True)):
            added = np.fromiter((vocabulary.code(row.words[place]) for row in new), np.uint32, len(new))
            codes.append(np.concatenate([old[kept], added])[order])
        for place, column in enumerate(self.numbers):
            added_numbers = np.fromiter((row.numbers[place] for row in new), np.int64, len(new))
            numbers.append(np.concatenate([column[kept], added_numbers])[order])
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
