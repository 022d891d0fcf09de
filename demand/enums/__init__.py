"""States, reasons and parts of scores, a file per part."""

from demand.enums.interests import (
    AdviserState,
    InterestState,
    JudgementSource,
    MaturityState,
    RefusalReason,
    Side,
    WatchKind,
)
from demand.enums.needs import (
    DEFAULT_DISCLOSURE,
    Comparison,
    CooperationWay,
    DemandState,
    Disclosure,
    MatchState,
    MissingFact,
    NeedPart,
    Outcome,
    ScorePart,
    StrategicIndustry,
)

__all__ = [
    "DEFAULT_DISCLOSURE",
    "AdviserState",
    "Comparison",
    "CooperationWay",
    "DemandState",
    "Disclosure",
    "InterestState",
    "JudgementSource",
    "MatchState",
    "MaturityState",
    "MissingFact",
    "NeedPart",
    "Outcome",
    "RefusalReason",
    "ScorePart",
    "Side",
    "StrategicIndustry",
    "WatchKind",
]
