"""Loans as officials see them."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display

from finance.models import Loan, LoanEntry
from portal.accounts.enums import OFFICIALS
from portal.ui.admin import ReadOnlyAdmin, admin, readable_field


class EntryInline(TabularInline):
    """The ledger, as the bank reported it."""

    model = LoanEntry
    fields = readonly_fields = tuple(
        readable_field(LoanEntry._meta.get_field(name)) or name
        for name in (
            "on", "kind", "number", "principal", "interest", "penalty", "annual_rate", "period_from", "period_to",
            "due_on", "computed_interest", "reverses", "note", "recorded_at",
        )
    )  # fmt: skip
    extra = 0
    can_delete = False
    ordering = ("on", "id")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever may look at the loan it belongs to

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("reverses")


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
        "balance",
        "state",
        "repaid_on",
    )
    list_filter = ("state", "drawn_on")
    inlines = (EntryInline,)
    list_select_related = ("placement__project", "placement__institution")
    search_fields = ("=bank_ref", "=placement__project__ref")

    @display(description="项目编号")
    def project_ref(self, loan: Loan) -> str:
        return loan.placement.project.ref

    @display(description="金融机构")
    def institution(self, loan: Loan) -> str:
        return loan.placement.institution.name
