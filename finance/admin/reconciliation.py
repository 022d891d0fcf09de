"""Differences between banks' statements and the ledger, as officials work them off."""

from typing import Any

from unfold.decorators import display

from finance import services
from finance.enums import DifferenceState
from finance.models import Difference
from portal.accounts.enums import Role
from portal.ui.admin import admin
from portal.ui.handling import HandlingAdmin, ReasonForm, Step


@admin.register(Difference)
class DifferenceAdmin(HandlingAdmin):
    """The province closes, the finance department looks."""

    roles = frozenset({Role.PROVINCE, Role.FINANCE})
    list_display = ("project_ref", "institution", "day", "kind", "ours", "theirs", "shown_state", "closed_at")
    list_filter = ("state", "kind", ("statement", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("statement__institution",)
    search_fields = ("=project_ref",)
    steps = (
        Step(
            "close",
            "登记处理结果",
            ReasonForm,
            lambda row, by, data: services.close_difference(difference_id=row.pk, by=by, resolution=data["note"]),
            lambda row, by: row.state == DifferenceState.OPEN and by.role == Role.PROVINCE,
        ),
    )

    @display(description="金融机构")
    def institution(self, row: Difference) -> str:
        return row.statement.institution.name

    @display(description="对账日", ordering="statement__day")
    def day(self, row: Difference) -> str:
        return f"{row.statement.day}"

    @display(description="状态", ordering="state", label={DifferenceState.OPEN.label: "warning"})
    def shown_state(self, row: Difference) -> str:
        return row.get_state_display()

    def handling_facts(self, row: Any) -> str:
        """Both sides' figures."""
        return f"{row.project_ref} {row.get_kind_display()}。平台：{row.ours or '没有该笔'}；银行：{row.theirs or '没有该笔'}。"
