"""Budgets, their entries, payment batches and rounds as officials see them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.ui.admin import ReadOnlyAdmin
from portal.ui.handling import HandlingAdmin, NoteForm, Step
from portal.ui.history import HistoryMixin
from subsidies import services
from subsidies.enums import RoundState, Shortfall
from subsidies.forms.officials import BudgetForm, RoundForm, SampleForm, SettleForm
from subsidies.models import Budget, BudgetEntry, PaymentBatch, Round


@admin.register(Budget)
class BudgetAdmin(HistoryMixin, HandlingAdmin):
    """The finance department sets, settles and pays; the province draws samples of the claims."""

    roles = frozenset({Role.PROVINCE, Role.FINANCE})
    editor_roles = frozenset({Role.FINANCE})
    form = BudgetForm
    list_display = ("year", "kind", "total_amount", "reserved_amount", "paid_amount", "shortfall")
    list_filter = ("year", "kind")
    steps = (
        Step(
            "settle", "按比例结算", SettleForm,
            lambda row, by, data: services.settle_budget(budget_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.FINANCE and row.shortfall == Shortfall.PRO_RATA,
        ),
        Step(
            "pay", "生成拨付批次", NoteForm,
            lambda row, by, _: services.create_batch(by=by, year=row.year, kind=row.kind),
            lambda row, user: user.role == Role.FINANCE and row.reserved_amount > 0,
        ),
        Step(
            "sample", "抽取现场核查", SampleForm,
            lambda row, by, data: services.draw_sample(by=by, year=row.year, kind=row.kind, **data),
            lambda row, user: user.role == Role.PROVINCE and row.total_amount > 0,
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*BudgetForm.Meta.fields, *(["reserved_amount", "paid_amount"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Movements are entries; year and kind stay."""
        return ["reserved_amount", "paid_amount", "year", "kind"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        saved = services.save_budget(
            by=user_of(request),
            year=obj.year,
            kind=obj.kind,
            total=obj.total_amount,
            shortfall=obj.shortfall,
            basis=obj.basis,
        )
        obj.pk = saved.pk

    def handling_facts(self, row: Budget) -> SafeString:
        """What is left, and the newest entries."""
        entries = row.entries.select_related("claim__organisation")[:20]
        return render_to_string("subsidies/admin/budget.html", {"budget": row, "entries": entries})


@admin.register(BudgetEntry)
class BudgetEntryAdmin(ReadOnlyAdmin):
    """Every movement of a budget."""

    roles = frozenset({Role.PROVINCE, Role.FINANCE})
    list_display = ("at", "budget", "claim", "kind", "amount", "by")
    list_filter = ("kind", "budget__year")
    list_select_related = ("budget", "claim__organisation", "by")


@admin.register(PaymentBatch)
class PaymentBatchAdmin(HistoryMixin, ReadOnlyAdmin):
    """The batches; files and receipts are on the batch's own page."""

    roles = frozenset({Role.FINANCE})
    list_display = ("ref", "year", "kind", "state", "created_at", "exported_at")
    list_filter = ("state", "year")
    search_fields = ("=ref",)


@admin.register(Round)
class RoundAdmin(HistoryMixin, HandlingAdmin):
    """Times in which firms may apply."""

    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    form = RoundForm
    list_display = ("title", "kind", "year", "opens_on", "closes_on", "state")
    list_filter = ("state", "kind", "year")
    steps = (
        Step(
            "open", "发布", NoteForm,
            lambda row, by, _: services.open_round(round_id=row.pk, by=by),
            lambda row, user: user.role == Role.PROVINCE and row.state == RoundState.DRAFT,
        ),
        Step(
            "close", "结束", NoteForm,
            lambda row, by, _: services.close_round(round_id=row.pk, by=by),
            lambda row, user: user.role == Role.PROVINCE and row.state == RoundState.OPEN,
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*RoundForm.Meta.fields, *(["state"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A published round stands as it was published."""
        return ["state"] if obj is None or obj.state == RoundState.DRAFT else [*RoundForm.Meta.fields, "state"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == RoundState.DRAFT)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        saved = services.save_round(by=user_of(request), round_id=obj.pk if change else None, **form.cleaned_data)
        obj.pk = saved.pk
