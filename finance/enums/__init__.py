"""States and kinds, a file per part."""

from finance.enums.loans import EntryKind, LoanState, Settlement
from finance.enums.projects import ANSWERABLE, REPEATED, AnswerKind, Outcome, PlacementState, ProjectState

__all__ = [
    "ANSWERABLE",
    "REPEATED",
    "AnswerKind",
    "EntryKind",
    "LoanState",
    "Outcome",
    "PlacementState",
    "ProjectState",
    "Settlement",
]
