"""Loans as officials see them."""

from unfold.decorators import display

from finance.models import Loan
from portal.accounts.enums import OFFICIALS
from portal.ui.admin import ReadOnlyAdmin, admin


@admin.register(Loan)
class LoanAdmin(ReadOnlyAdmin):
    roles = OFFICIALS
    list_display = (
        "bank_ref",
        "project_ref",
        "institution",
        "principal",
        "annual_rate",
        "drawn_on",
        "due_on",
        "repaid_on",
    )
    list_filter = ("drawn_on",)
    list_select_related = ("placement__project", "placement__institution")
    search_fields = ("=bank_ref", "=placement__project__ref")

    @display(description="项目编号")
    def project_ref(self, loan: Loan) -> str:
        return loan.placement.project.ref

    @display(description="金融机构")
    def institution(self, loan: Loan) -> str:
        return loan.placement.institution.name
