"""States, reasons and parts of scores, a file per part."""

from demand.enums.needs import CooperationWay, DemandState, MatchState, MissingFact, ScorePart

__all__ = ["CooperationWay", "DemandState", "MatchState", "MissingFact", "ScorePart"]
