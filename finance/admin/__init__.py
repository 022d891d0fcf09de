"""The officials' pages, a file per part; Django finds them here."""

from finance.admin.clocks import ComplaintAdmin
from finance.admin.collateral import CoverAlertAdmin
from finance.admin.loans import LoanAdmin
from finance.admin.pledges import PledgeAdmin
from finance.admin.products import CreditLineAdmin, ProductAdmin
from finance.admin.projects import PlacementAdmin, ProjectAdmin
from finance.admin.reconciliation import DifferenceAdmin
from finance.admin.surveys import CreditFactAdmin, VisitAdmin

__all__ = [
    "ComplaintAdmin",
    "CoverAlertAdmin",
    "CreditFactAdmin",
    "CreditLineAdmin",
    "DifferenceAdmin",
    "LoanAdmin",
    "PlacementAdmin",
    "PledgeAdmin",
    "ProductAdmin",
    "ProjectAdmin",
    "VisitAdmin",
]
