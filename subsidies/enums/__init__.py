"""Stored codes of subsidies, a file per part."""

from subsidies.enums.awards import KIND_OF_LEVEL, AwardGrade, AwardLevel, DoubleDecision
from subsidies.enums.claims import (
    ENDED,
    IN_REVIEW,
    RESERVED,
    WITH_FIRM,
    ClaimSource,
    ClaimState,
    ObjectionState,
    ReexaminationState,
    RoundState,
    Verdict,
)
from subsidies.enums.money import BatchState, EntryKind, LineState, Shortfall
from subsidies.enums.rules import CalculationPurpose, RateSeries, RuleKind

__all__ = [
    "ENDED",
    "IN_REVIEW",
    "KIND_OF_LEVEL",
    "RESERVED",
    "WITH_FIRM",
    "AwardGrade",
    "AwardLevel",
    "BatchState",
    "CalculationPurpose",
    "ClaimSource",
    "ClaimState",
    "DoubleDecision",
    "EntryKind",
    "LineState",
    "ObjectionState",
    "RateSeries",
    "ReexaminationState",
    "RoundState",
    "RuleKind",
    "Shortfall",
    "Verdict",
]
