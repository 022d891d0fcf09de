"""Calculations with their lines, and reference rates, as officials see them."""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.ui.admin import PortalAdmin, ReadOnlyAdmin, admin
from subsidies import services
from subsidies.forms import RateForm
from subsidies.models import Calculation, ReferenceRate


@admin.register(Calculation)
class CalculationAdmin(ReadOnlyAdmin):
    roles = OFFICIALS
    list_display = ("project_ref", "firm", "rule", "purpose", "amount", "is_payable", "created_at")
    list_filter = ("purpose", "is_payable", "rule")
    list_select_related = ("rule", "loan__placement__project__organisation")
    search_fields = ("=loan__placement__project__ref", "=loan__placement__project__organisation__uscc")
    actions = ("calculate_again",)
    fieldsets = (
        (None, {"fields": ("loan", "rule", "purpose", "amount", "is_payable", "created_at", "rates_until")}),
        ("计算明细", {"fields": ("lines_table",)}),
        ("存档的计算依据与结果", {"fields": ("facts", "result")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything is read-only: services write."""
        return [*super().get_readonly_fields(request, obj), "lines_table"]

    @display(description="项目编号")
    def project_ref(self, row: Calculation) -> str:
        return row.loan.placement.project.ref

    @display(description="企业")
    def firm(self, row: Calculation) -> str:
        return row.loan.placement.project.organisation.name

    @display(description="各步")
    def lines_table(self, row: Calculation) -> SafeString:
        return render_to_string("subsidies/_lines.html", {"calculation": row})

    @admin.action(description="按现有利率和规则重新计算（另存一条）")
    def calculate_again(self, request: HttpRequest, rows: QuerySet[Calculation]) -> None:
        """Compute each selected loan anew; the result that stands is never changed."""
        self.run_for_each(
            request,
            rows,
            lambda row: services.calculate_interest(loan_id=row.loan_id, purpose=row.purpose, by=user_of(request)),
            "已重新计算",
        )


@admin.register(ReferenceRate)
class ReferenceRateAdmin(PortalAdmin):
    """Officials look; the province adds what was newly published; nobody changes what stands."""

    form = RateForm
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    list_display = ("series", "published_on", "known_until", "rate", "source")
    list_filter = ("series",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Results rest on each rate: none is changed."""
        return False

    def save_model(self, request: HttpRequest, obj: ReferenceRate, form: forms.ModelForm, change: bool) -> None:
        """Add through the service."""
        services.add_rate(rate=obj, by=user_of(request))
