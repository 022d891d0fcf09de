"""Tables of the app, a file per part; Django finds them here."""

from finance.models.collateral import CoverAlert, CoverAlertQuerySet, Valuation
from finance.models.complaints import Complaint, ComplaintQuerySet
from finance.models.documents import DocumentDownload, DownloadQuerySet
from finance.models.funds import BankMeeting, FundEntry, FundInvestment, OperationFund
from finance.models.loans import Loan, LoanEntry, LoanEntryQuerySet, LoanQuerySet
from finance.models.pledges import PledgeMove, PledgeQuerySet, PledgeRegistration, PledgeStep
from finance.models.products import CreditLine, CreditLineQuerySet, Product, ProductQuerySet
from finance.models.projects import (
    Answer,
    Placement,
    PlacementQuerySet,
    Project,
    ProjectPatent,
    ProjectQuerySet,
    ProjectRight,
)
from finance.models.reconciliation import Difference, DifferenceQuerySet, Statement, StatementQuerySet
from finance.models.risk import LossClaim, LossRecovery, PoolEntry, RiskPool
from finance.models.surveys import CreditFact, Question, Questionnaire, SurveyResponse, Visit

__all__ = [
    "Answer",
    "BankMeeting",
    "Complaint",
    "ComplaintQuerySet",
    "CoverAlert",
    "CoverAlertQuerySet",
    "CreditFact",
    "CreditLine",
    "CreditLineQuerySet",
    "Difference",
    "DifferenceQuerySet",
    "DocumentDownload",
    "DownloadQuerySet",
    "FundEntry",
    "FundInvestment",
    "Loan",
    "LoanEntry",
    "LoanEntryQuerySet",
    "LoanQuerySet",
    "LossClaim",
    "LossRecovery",
    "OperationFund",
    "Placement",
    "PlacementQuerySet",
    "PledgeMove",
    "PledgeQuerySet",
    "PledgeRegistration",
    "PledgeStep",
    "PoolEntry",
    "Product",
    "ProductQuerySet",
    "Project",
    "ProjectPatent",
    "ProjectQuerySet",
    "ProjectRight",
    "Question",
    "Questionnaire",
    "RiskPool",
    "Statement",
    "StatementQuerySet",
    "SurveyResponse",
    "Valuation",
    "Visit",
]
