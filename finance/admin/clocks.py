"""Complaints, as the city and the province answer them."""

from typing import Any

from unfold.decorators import display

from finance import services
from finance.enums import ComplaintState
from finance.models import Complaint
from finance.workflow.complaints import COMPLAINT_FLOW
from portal.accounts.enums import OFFICIALS
from portal.ui.admin import admin
from portal.ui.handling import HandlingAdmin, ReasonForm, Step


@admin.register(Complaint)
class ComplaintAdmin(HandlingAdmin):
    roles = OFFICIALS
    list_display = ("project_ref", "institution", "text", "shown_state", "made_at", "replied_at")
    list_filter = ("state",)
    list_select_related = ("placement__project", "placement__institution")
    search_fields = ("=placement__project__ref",)
    steps = (
        Step(
            "reply",
            "答复企业",
            ReasonForm,
            lambda row, by, data: services.reply_to_complaint(complaint_id=row.pk, by=by, reply=data["note"]),
            lambda row, by: ComplaintState.ANSWERED in COMPLAINT_FLOW.next_states(row.state, actor=by),
        ),
    )

    @display(description="项目编号")
    def project_ref(self, row: Complaint) -> str:
        return row.placement.project.ref

    @display(description="金融机构")
    def institution(self, row: Complaint) -> str:
        return row.placement.institution.name

    @display(description="状态", ordering="state", label={ComplaintState.OPEN.label: "warning"})
    def shown_state(self, row: Complaint) -> str:
        return row.get_state_display()

    def handling_facts(self, row: Any) -> str:
        """What the firm says."""
        return f"{row.placement.project.ref} 投诉 {row.placement.institution.name}：{row.text}"
