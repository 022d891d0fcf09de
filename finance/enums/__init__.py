"""States and kinds, a file per part."""

from finance.enums.clocks import ANSWER_CLOCK, ComplaintState
from finance.enums.collateral import FINANCE_COLLATERAL, SEVERITIES, Severity, ValuationMethod
from finance.enums.documents import PaperKind
from finance.enums.loans import EntryKind, LoanState, Settlement
from finance.enums.pledges import ALWAYS_NEEDED, STANDING, PledgePaper, PledgeState
from finance.enums.products import OTHER_RIGHTS, RightKind
from finance.enums.projects import ANSWERABLE, FINANCE_POOL, REPEATED, AnswerKind, Outcome, PlacementState, ProjectState
from finance.enums.reconciliation import DifferenceKind, DifferenceState
from finance.enums.risk import (
    FINANCE_RISK_SPLIT,
    FUND_IN,
    ExitWay,
    FundEntryKind,
    InvestmentState,
    LossPaper,
    LossState,
    PoolEntryKind,
    RiskParty,
)
from finance.enums.surveys import (
    FINANCE_SCREENING,
    WITH_OPTIONS,
    CreditKind,
    CreditOutcome,
    QuestionKind,
    QuestionnaireState,
    RuleEffect,
    RuleOutcome,
    VisitAdvice,
)

__all__ = [
    "ALWAYS_NEEDED",
    "ANSWERABLE",
    "ANSWER_CLOCK",
    "FINANCE_COLLATERAL",
    "FINANCE_POOL",
    "FINANCE_RISK_SPLIT",
    "FINANCE_SCREENING",
    "FUND_IN",
    "OTHER_RIGHTS",
    "REPEATED",
    "SEVERITIES",
    "STANDING",
    "WITH_OPTIONS",
    "AnswerKind",
    "ComplaintState",
    "CreditKind",
    "CreditOutcome",
    "DifferenceKind",
    "DifferenceState",
    "EntryKind",
    "ExitWay",
    "FundEntryKind",
    "InvestmentState",
    "LoanState",
    "LossPaper",
    "LossState",
    "Outcome",
    "PaperKind",
    "PlacementState",
    "PledgePaper",
    "PledgeState",
    "PoolEntryKind",
    "ProjectState",
    "QuestionKind",
    "QuestionnaireState",
    "RightKind",
    "RiskParty",
    "RuleEffect",
    "RuleOutcome",
    "Settlement",
    "Severity",
    "ValuationMethod",
    "VisitAdvice",
]
