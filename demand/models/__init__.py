"""Tables of the app, a file per part; Django finds them here."""

from demand.models.interests import (
    AdviserRequest,
    AdviserRequestQuerySet,
    Interest,
    InterestQuerySet,
    Invitation,
    Judgement,
    MaturityCase,
    Refusal,
)
from demand.models.needs import Demand, DemandQuerySet, DemandVector, IndustryClass, Match, Release, TargetFigure
from demand.models.quality import QualityQuerySet, QualityWeek
from demand.models.watches import Watch, WatchQuerySet

__all__ = [
    "AdviserRequest",
    "AdviserRequestQuerySet",
    "Demand",
    "DemandQuerySet",
    "DemandVector",
    "IndustryClass",
    "Interest",
    "InterestQuerySet",
    "Invitation",
    "Judgement",
    "Match",
    "MaturityCase",
    "QualityQuerySet",
    "QualityWeek",
    "Refusal",
    "Release",
    "TargetFigure",
    "Watch",
    "WatchQuerySet",
]
