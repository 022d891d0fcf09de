"""States, reasons and parts of scores, a file per part."""

from demand.enums.needs import CooperationWay, DemandState, MatchState, ScorePart

__all__ = ["CooperationWay", "DemandState", "MatchState", "ScorePart"]
