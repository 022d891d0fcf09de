"""The officials' pages, a file per part; Django finds them here."""

from finance.admin.loans import LoanAdmin
from finance.admin.products import ProductAdmin
from finance.admin.projects import PlacementAdmin, ProjectAdmin

__all__ = ["LoanAdmin", "PlacementAdmin", "ProductAdmin", "ProjectAdmin"]
