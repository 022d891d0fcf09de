"""Institutions' products and credit lines."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from finance.enums import PaperKind, RightKind
from finance.models import CreditLine, Product
from portal.accounts.enums import OFFICIALS, Role, SizeClass
from portal.money import exact
from portal.regions import CITIES
from portal.ui.admin import PortalAdmin, admin
from portal.ui.history import HistoryMixin


def _several(label: str, choices: list[tuple[str, str]], help_text: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        help_text=help_text,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class ProductForm(forms.ModelForm):
    """A product; lists as boxes to tick."""

    right_kinds = _several("可质押的知识产权", list(RightKind.choices), "不选为不限")
    cities = _several("适用城市", list(CITIES.items()), "不选为全省")
    size_classes = _several("适用规模", list(SizeClass.choices), "不选为不限")
    papers = _several("所需材料", list(PaperKind.choices), "企业缺少的材料会在预估和项目页提示")

    class Meta:
        model = Product
        fields = (
            "institution", "name", "min_amount", "max_amount", "max_term_months", "annual_rate", "right_kinds",
            "max_pledge_ratio", "papers", "cities", "size_classes", "credit_line", "is_active",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A product is under a line of its own institution."""
        cleaned = super().clean() or {}
        line, institution = cleaned.get("credit_line"), cleaned.get("institution")
        if line and institution and line.institution_id != institution.pk:
            self.add_error("credit_line", "集合授信须为同一机构的。")
        return cleaned


@admin.register(Product)
class ProductAdmin(HistoryMixin, PortalAdmin):
    form = ProductForm
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    list_display = (
        "name", "institution", "min_amount", "max_amount", "max_pledge_ratio", "max_term_months", "annual_rate",
        "is_active",
    )  # fmt: skip
    list_filter = ("is_active",)
    list_select_related = ("institution",)
    search_fields = ("name",)
    autocomplete_fields = ("institution", "credit_line")


class CreditLineForm(forms.ModelForm):
    cities = _several("适用城市", list(CITIES.items()), "不选为全省")

    class Meta:
        model = CreditLine
        fields = (
            "institution", "name", "agreement", "total", "per_firm", "is_revolving", "cities", "open_from",
            "open_until",
        )  # fmt: skip


@admin.register(CreditLine)
class CreditLineAdmin(HistoryMixin, PortalAdmin):
    """Lines with what is used and left; a line lent beyond says by how much."""

    form = CreditLineForm
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    list_display = ("name", "institution", "total", "used_amount", "rest_amount", "open_from", "open_until")
    list_select_related = ("institution",)
    search_fields = ("name", "agreement")
    autocomplete_fields = ("institution",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.with_use()
        return found

    @display(description="已用（元）")
    def used_amount(self, line: CreditLine) -> str:
        return exact(line.used)

    @display(description="剩余（元）")
    def rest_amount(self, line: CreditLine) -> str:
        over = line.used - line.total
        return f"0.00（超额 {exact(over)}）" if over > 0 else exact(line.rest)
