"""Patent products as officials see them."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from portal import regions
from portal.accounts.enums import OFFICIALS
from portal.attachments.models import Attachment
from portal.flow import Flow
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin
from stats.enums.products import IntensiveState, ProductDocument, ProductState, YearState
from stats.forms.products import RecognitionForm
from stats.models.products import IntensiveProduct, Product, ProductYear
from stats.queries import products as queries
from stats.services import product_years as years
from stats.services import products as services
from stats.workflow.products import INTENSIVE_FLOW, PRODUCT_FLOW, YEAR_FLOW


def _may(flow: Flow, state: str) -> Any:
    return lambda row, user: state in flow.next_states(row.state, actor=user)


def _may_year(state: str) -> Any:
    # What was handed in with the filing is checked with it.
    return lambda row, user: row.state != YearState.WITH_FILING and _may(YEAR_FLOW, state)(row, user)


@admin.register(Product)
class ProductAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("ref", "name", "organisation", "city", "industry_code", "submitted_at", "filed_on", "state")
    list_filter = ("state", "city_code", "part")
    list_select_related = ("organisation",)
    search_fields = ("=ref", "name", "organisation__name", "=organisation__uscc")
    steps = (
        Step(
            "pass", "审核通过，报省级备案", NoteForm,
            lambda row, by, data: services.pass_product(product_id=row.pk, by=by, **data),
            _may(PRODUCT_FLOW, ProductState.CITY_PASSED),
        ),
        Step(
            "file", "备案", NoteForm,
            lambda row, by, data: services.file_product(product_id=row.pk, by=by, **data),
            _may(PRODUCT_FLOW, ProductState.FILED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: services.return_product(product_id=row.pk, by=by, **data),
            _may(PRODUCT_FLOW, ProductState.RETURNED),
        ),
        Step(
            "refuse", "不予备案", ReasonForm,
            lambda row, by, data: services.refuse_product(product_id=row.pk, by=by, **data),
            _may(PRODUCT_FLOW, ProductState.REFUSED),
        ),
        Step(
            "cancel", "注销备案", ReasonForm,
            lambda row, by, data: services.cancel_product(product_id=row.pk, by=by, **data),
            _may(PRODUCT_FLOW, ProductState.CANCELLED),
        ),
    )  # fmt: skip

    @display(description="所在市", ordering="city_code")
    def city(self, row: Product) -> str:
        return regions.name_of(row.city_code)

    def handling_facts(self, row: Any) -> SafeString:
        """Show the filing, what the pool says of its patents, and who else names them."""
        files: list[Any] = list(Attachment.objects.of(row))
        for file in files:
            file.label = ProductDocument(file.purpose).label
        context = {
            "product": row,
            "patents": row.patents.all(),
            "years": row.years.all(),
            "attachments": files,
            "shared": queries.shared_with(row),
        }
        return render_to_string("stats/products/admin_product.html", context)


@admin.register(ProductYear)
class ProductYearAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("product", "year", "revenue_amount", "export_amount", "patent_share", "state", "submitted_at")
    list_filter = ("state", "year")
    list_select_related = ("product",)
    search_fields = ("=product__ref", "product__name")
    steps = (
        Step(
            "confirm", "核实", NoteForm,
            lambda row, by, data: years.confirm_year(year_id=row.pk, by=by, **data), _may_year(YearState.CONFIRMED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: years.return_year(year_id=row.pk, by=by, **data), _may_year(YearState.RETURNED),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the year beside the others."""
        context = {"product": row.product, "years": row.product.years.all()}
        return render_to_string("stats/products/admin_years.html", context)


@admin.register(IntensiveProduct)
class IntensiveProductAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("ref", "product", "year", "rule", "recognised_on", "valid_until", "state")
    list_filter = ("state", "year")
    list_select_related = ("product", "rule")
    search_fields = ("=ref", "=product__ref", "product__name", "product__organisation__name")
    steps = (
        Step(
            "recognise", "认定", RecognitionForm,
            lambda row, by, data: years.recognise_product(intensive_id=row.pk, by=by, **data),
            _may(INTENSIVE_FLOW, IntensiveState.RECOGNISED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: years.return_intensive(intensive_id=row.pk, by=by, **data),
            _may(INTENSIVE_FLOW, IntensiveState.RETURNED),
        ),
        Step(
            "refuse", "不予认定", ReasonForm,
            lambda row, by, data: years.turn_down_intensive(intensive_id=row.pk, by=by, **data),
            _may(INTENSIVE_FLOW, IntensiveState.NOT_RECOGNISED),
        ),
        Step(
            "revoke", "撤销认定", ReasonForm,
            lambda row, by, data: years.revoke_intensive(intensive_id=row.pk, by=by, **data),
            _may(INTENSIVE_FLOW, IntensiveState.REVOKED),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the application with its method and the product's years."""
        context = {"row": row, "product": row.product, "years": row.product.years.all()}
        return render_to_string("stats/products/admin_intensive.html", context)
