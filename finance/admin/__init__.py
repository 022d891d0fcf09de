"""The officials' pages, a file per part; Django finds them here."""

from finance.admin.clocks import ComplaintAdmin
from finance.admin.collateral import CoverAlertAdmin
from finance.admin.loans import LoanAdmin
from finance.admin.products import ProductAdmin
from finance.admin.projects import PlacementAdmin, ProjectAdmin
from finance.admin.reconciliation import DifferenceAdmin

__all__ = [
    "ComplaintAdmin",
    "CoverAlertAdmin",
    "DifferenceAdmin",
    "LoanAdmin",
    "PlacementAdmin",
    "ProductAdmin",
    "ProjectAdmin",
]
