"""The officials' pages, a file per part; Django finds them here."""

from finance.admin.clocks import ComplaintAdmin
from finance.admin.collateral import CoverAlertAdmin
from finance.admin.funds import BankMeetingAdmin, FundInvestmentAdmin, OperationFundAdmin
from finance.admin.loans import LoanAdmin
from finance.admin.pledges import PledgeAdmin
from finance.admin.products import CreditLineAdmin, ProductAdmin
from finance.admin.projects import PlacementAdmin, ProjectAdmin
from finance.admin.reconciliation import DifferenceAdmin
from finance.admin.risk import LossClaimAdmin, RiskPoolAdmin
from finance.admin.surveys import CreditFactAdmin, VisitAdmin

__all__ = [
    "BankMeetingAdmin",
    "ComplaintAdmin",
    "CoverAlertAdmin",
    "CreditFactAdmin",
    "CreditLineAdmin",
    "DifferenceAdmin",
    "FundInvestmentAdmin",
    "LoanAdmin",
    "LossClaimAdmin",
    "OperationFundAdmin",
    "PlacementAdmin",
    "PledgeAdmin",
    "ProductAdmin",
    "ProjectAdmin",
    "RiskPoolAdmin",
    "VisitAdmin",
]
