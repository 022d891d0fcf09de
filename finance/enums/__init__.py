"""States and kinds, a file per part."""

from finance.enums.projects import ANSWERABLE, AnswerKind, Outcome, PlacementState, ProjectState

__all__ = ["ANSWERABLE", "AnswerKind", "Outcome", "PlacementState", "ProjectState"]
