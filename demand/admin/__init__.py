"""The officials' pages, a file per part; Django finds them here."""

from demand.admin.interests import AdviserRequestAdmin, InterestAdmin, MaturityCaseAdmin, RefusalAdmin
from demand.admin.needs import DemandAdmin

__all__ = ["AdviserRequestAdmin", "DemandAdmin", "InterestAdmin", "MaturityCaseAdmin", "RefusalAdmin"]
