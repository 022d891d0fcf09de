"""Tables of the app, a file per part; Django finds them here."""

from finance.models.loans import Loan, LoanEntry, LoanEntryQuerySet, LoanQuerySet
from finance.models.products import Product, ProductQuerySet
from finance.models.projects import Answer, Placement, PlacementQuerySet, Project, ProjectPatent, ProjectQuerySet

__all__ = [
    "Answer",
    "Loan",
    "LoanEntry",
    "LoanEntryQuerySet",
    "LoanQuerySet",
    "Placement",
    "PlacementQuerySet",
    "Product",
    "ProductQuerySet",
    "Project",
    "ProjectPatent",
    "ProjectQuerySet",
]
