"""What the lists share: who may bring one, and what came of it."""

from dataclasses import dataclass
from typing import Any

from patents.numbers import parse_application_number
from portal.sheets.table import Problem, Table


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows that are new, stood already, or were refused with their problems."""

    row: int
    new: int
    unchanged: int
    problems: tuple[Problem, ...]
    is_applied: bool

    @property
    def refused(self) -> int:
        """Rows with a problem."""
        return len({problem.row for problem in self.problems})


def rows_of(table: Table, columns: Any) -> list[tuple[int, dict[str, Any]]]:
    """Index and values of each row that could be read."""
    return [
        (index, {column.field: table.values[column.field][index] for column in columns})
        for index in range(len(table.row_numbers))
        if index not in table.refused
    ]


def patent_number(cell: object) -> str:
    """A patent's number as the pool keeps it, without its check digit. Raises Invalid."""
    return parse_application_number(cell).value
