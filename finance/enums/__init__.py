"""States and kinds, a file per part."""

from finance.enums.clocks import ANSWER_CLOCK, ComplaintState
from finance.enums.collateral import FINANCE_COLLATERAL, SEVERITIES, Severity, ValuationMethod
from finance.enums.documents import PaperKind
from finance.enums.loans import EntryKind, LoanState, Settlement
from finance.enums.projects import ANSWERABLE, REPEATED, AnswerKind, Outcome, PlacementState, ProjectState
from finance.enums.reconciliation import DifferenceKind, DifferenceState

__all__ = [
    "ANSWERABLE",
    "ANSWER_CLOCK",
    "FINANCE_COLLATERAL",
    "REPEATED",
    "SEVERITIES",
    "AnswerKind",
    "ComplaintState",
    "DifferenceKind",
    "DifferenceState",
    "EntryKind",
    "LoanState",
    "Outcome",
    "PaperKind",
    "PlacementState",
    "ProjectState",
    "Settlement",
    "Severity",
    "ValuationMethod",
]
