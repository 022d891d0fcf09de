"""Operation funds and meetings with banks, as officials keep them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from finance import services
from finance.admin.parts import part
from finance.enums import FundEntryKind, InvestmentState
from finance.forms.funds import ExitForm, FundForm, InvestForm, MeetingForm, MovementForm
from finance.models import BankMeeting, FundInvestment, OperationFund
from finance.services.funds import EDITORS
from portal.accounts.enums import OFFICIALS, Role
from portal.money import exact
from portal.ui.admin import admin
from portal.ui.handling import HandlingAdmin, Step
from portal.ui.history import HistoryMixin
from portal.ui.recording import RecordingAdmin


def _is_editor(row: Any, user: Any) -> bool:
    return user.role in EDITORS


def _move(kind: FundEntryKind) -> Any:
    return lambda row, by, data: services.move_fund_money(
        fund_id=row.pk, kind=kind, movement=MovementForm.movement(data), by=by
    )


def _invest(row: Any, by: Any, data: dict[str, Any]) -> FundInvestment:
    chosen = {name: data[name] for name in ("patent", "firm", "share", "note")}
    return services.invest(fund_id=row.pk, movement=MovementForm.movement(data), by=by, **chosen)


class MoneyMixin:
    """Columns in yuan that the rows are annotated with."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)  # type: ignore[misc]
        found: QuerySet[Any] = rows.with_money()
        return found

    @display(description="已收回（元）")
    def returned_amount(self, row: Any) -> str:
        return exact(row.returned)


@admin.register(OperationFund)
class OperationFundAdmin(MoneyMixin, HistoryMixin, RecordingAdmin, HandlingAdmin):
    form = FundForm
    roles = OFFICIALS
    editor_roles = EDITORS
    list_display = (
        "name", "manager", "target_amount", "contributed_amount", "invested_amount", "returned_amount",
        "balance_amount",
    )  # fmt: skip
    search_fields = ("name",)
    steps = (
        Step("contribute", "登记出资", MovementForm, _move(FundEntryKind.CONTRIBUTION), _is_editor),
        Step("invest", "登记投资", InvestForm, _invest, _is_editor),
        Step("fee", "登记管理费用", MovementForm, _move(FundEntryKind.FEE), _is_editor),
        Step("distribute", "登记分配", MovementForm, _move(FundEntryKind.DISTRIBUTION), _is_editor),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = ["contributed_amount", "invested_amount", "returned_amount", "balance_amount", "entries_table"]
        return [*FundForm.Meta.fields, *(shown if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The form adds; what stands is only looked at."""
        return [*super().get_readonly_fields(request, obj), *self.get_fields(request, obj)[6:]] if obj else []

    @display(description="已出资（元）")
    def contributed_amount(self, fund: OperationFund) -> str:
        return exact(fund.contributed)

    @display(description="已投资（元）")
    def invested_amount(self, fund: OperationFund) -> str:
        return exact(fund.invested)

    @display(description="余额（元）")
    def balance_amount(self, fund: OperationFund) -> str:
        return exact(fund.balance)

    @display(description="流水")
    def entries_table(self, fund: OperationFund) -> SafeString:
        rows = fund.entries.select_related("investment__patent", "investment__firm").order_by("-on", "-id")[:100]
        return part("fund_entries", entries=rows)

    def handling_facts(self, row: Any) -> SafeString:
        """What moved so far."""
        shown: SafeString = self.entries_table(row)
        return shown


@admin.register(FundInvestment)
class FundInvestmentAdmin(MoneyMixin, HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = (
        "target",
        "fund",
        "invested_on",
        "share",
        "paid_amount",
        "returned_amount",
        "shown_state",
        "exited_on",
    )
    list_filter = ("state",)
    list_select_related = ("fund", "patent", "firm")
    search_fields = ("fund__name", "=patent__number", "firm__name")
    steps = (
        Step(
            "income", "登记收益", MovementForm,
            lambda row, by, data: services.move_fund_money(
                fund_id=row.fund_id, kind=FundEntryKind.INCOME, movement=MovementForm.movement(data), by=by,
                investment_id=row.pk,
            ),
            _is_editor,
        ),
        Step(
            "exit", "登记退出", ExitForm,
            lambda row, by, data: services.exit_investment(
                investment_id=row.pk, way=data["way"], movement=MovementForm.movement(data), by=by
            ),
            lambda row, user: row.state == InvestmentState.HELD and user.role in EDITORS,
        ),
    )  # fmt: skip

    @display(description="投资对象")
    def target(self, row: FundInvestment) -> str:
        return str(row.patent or row.firm)

    @display(description="已投（元）")
    def paid_amount(self, row: FundInvestment) -> str:
        return exact(row.paid)

    @display(description="状态", ordering="state", label={InvestmentState.HELD.label: "info"})
    def shown_state(self, row: FundInvestment) -> str:
        return row.get_state_display()

    def handling_facts(self, row: Any) -> str:
        """What it cost and brought so far."""
        return f"{self.target(row)}：已投 {exact(row.paid)} 元，已收回 {exact(row.returned)} 元。"


@admin.register(BankMeeting)
class BankMeetingAdmin(RecordingAdmin):
    form = MeetingForm
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE, Role.CITY})
    list_display = ("title", "on", "city_code", "place", "intent_count", "intent_amount")
    list_filter = ("city_code",)
    search_fields = ("title",)
    autocomplete_fields = ("institutions", "firms")
