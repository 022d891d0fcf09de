"""Calculations with their lines, as officials see them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from portal.accounts.enums import OFFICIALS
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.ui.admin import ReadOnlyAdmin, admin
from subsidies import services
from subsidies.models import Calculation


@admin.register(Calculation)
class CalculationAdmin(ReadOnlyAdmin):
    roles = OFFICIALS
    list_display = ("project_ref", "firm", "rule", "purpose", "amount", "is_payable", "created_at")
    list_filter = ("purpose", "is_payable", "rule")
    list_select_related = ("rule", "claim__organisation", "loan__placement__project__organisation")
    search_fields = ("=loan__placement__project__ref", "=loan__placement__project__organisation__uscc")
    actions = ("calculate_again",)
    fieldsets = (
        (None, {"fields": ("loan", "claim", "rule", "purpose", "amount", "is_payable", "created_at", "rates_until")}),
        ("计算明细", {"fields": ("lines_table",)}),
        ("存档的计算依据与结果", {"fields": ("facts", "result")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything is read-only: services write."""
        return [*super().get_readonly_fields(request, obj), "lines_table"]

    @display(description="项目编号")
    def project_ref(self, row: Calculation) -> str:
        return row.loan.placement.project.ref if row.loan else ""

    @display(description="企业")
    def firm(self, row: Calculation) -> str:
        firm = row.claim.organisation if row.claim else row.loan.placement.project.organisation if row.loan else ""
        return str(firm)

    @display(description="各步")
    def lines_table(self, row: Calculation) -> SafeString:
        return render_to_string("subsidies/_lines.html", {"calculation": row})

    @admin.action(description="按现有利率和规则重新计算（另存一条）")
    def calculate_again(self, request: HttpRequest, rows: QuerySet[Calculation]) -> None:
        """Compute each selected loan anew; the result that stands is never changed."""
        self.run_for_each(
            request,
            rows,
            lambda row: _again(row, user_of(request)),
            "已重新计算",
        )


def _again(row: Calculation, by: User) -> object:
    if row.claim_id is not None:
        return services.compute_again(claim_id=row.claim_id, by=by)
    return services.calculate_interest(loan_id=row.loan_id or 0, purpose=row.purpose, by=by)
