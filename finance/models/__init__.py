"""Tables of the app, a file per part; Django finds them here."""

from finance.models.collateral import CoverAlert, CoverAlertQuerySet, Valuation
from finance.models.complaints import Complaint, ComplaintQuerySet
from finance.models.documents import DocumentDownload, DownloadQuerySet
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
from finance.models.surveys import CreditFact, Question, Questionnaire, SurveyResponse, Visit

__all__ = [
    "Answer",
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
    "Loan",
    "LoanEntry",
    "LoanEntryQuerySet",
    "LoanQuerySet",
    "Placement",
    "PlacementQuerySet",
    "PledgeMove",
    "PledgeQuerySet",
    "PledgeRegistration",
    "PledgeStep",
    "Product",
    "ProductQuerySet",
    "Project",
    "ProjectPatent",
    "ProjectQuerySet",
    "ProjectRight",
    "Question",
    "Questionnaire",
    "Statement",
    "StatementQuerySet",
    "SurveyResponse",
    "Valuation",
    "Visit",
]
