"""Registrations of pledges, as officials record them."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from finance import services
from finance.admin.parts import part
from finance.enums import STANDING, PledgePaper, PledgeState
from finance.forms.pledges import AnnounceForm, PledgeForm, PledgePaperForm, RegisterForm
from finance.models import PledgeRegistration
from finance.services.pledges import missing_papers
from finance.workflow.pledges import PLEDGE_FLOW, RECORDERS
from portal.accounts.enums import OFFICIALS
from portal.attachments.models import Attachment
from portal.ui.admin import admin
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin
from portal.ui.recording import RecordingAdmin


def _may(state: str) -> Any:
    return lambda row, user: state in PLEDGE_FLOW.next_states(row.state, actor=user)


def _announce(code: str) -> Any:
    return lambda row, by, data: services.announce_pledge(pledge_id=row.pk, code=code, by=by, **data)


@admin.register(PledgeRegistration)
class PledgeAdmin(HistoryMixin, RecordingAdmin, HandlingAdmin):
    form = PledgeForm
    roles = OFFICIALS
    editor_roles = RECORDERS
    list_display = ("project_ref", "pledgee_name", "number", "shown_state", "submitted_on", "registered_on", "ended_on")
    list_filter = ("state",)
    list_select_related = ("project",)
    search_fields = ("=number", "=project__ref")
    autocomplete_fields = ("project", "pledgee")
    steps = (
        Step(
            "paper", "上传材料", PledgePaperForm,
            lambda row, by, data: services.attach_pledge_paper(pledge_id=row.pk, by=by, **data),
            lambda row, user: user.role in RECORDERS and row.state not in (PledgeState.CANCELLED, PledgeState.REVOKED),
        ),
        Step("register", "登记（PE01）", RegisterForm, _announce("PE01"), _may(PledgeState.REGISTERED)),
        Step(
            "correct", "登记机关要求补正", ReasonForm,
            lambda row, by, data: services.ask_pledge_correction(pledge_id=row.pk, by=by, **data),
            _may(PledgeState.CORRECTION),
        ),
        Step(
            "resubmit", "已补正", NoteForm,
            lambda row, by, data: services.resubmit_pledge(pledge_id=row.pk, by=by, **data),
            _may(PledgeState.SUBMITTED),
        ),
        Step("change", "变更（PM01）", AnnounceForm, _announce("PM01"), _may(PledgeState.CHANGED)),
        Step("cancel", "注销（PC01）", AnnounceForm, _announce("PC01"), _may(PledgeState.CANCELLED)),
        Step(
            "revoke", "不予登记、撤销或者撤回", ReasonForm,
            lambda row, by, data: services.revoke_pledge(pledge_id=row.pk, by=by, **data),
            _may(PledgeState.REVOKED),
        ),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The form adds; what stands is only looked at."""
        return [*super().get_readonly_fields(request, obj), "papers_table", "steps_table"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return list(PledgeForm.Meta.fields)
        own = ["project", "pledgee_name", "secured_amount", "state", "number", "submitted_on", "registered_on"]
        return [*own, "ended_on", "note", "papers_table", "steps_table"]

    @display(description="项目编号")
    def project_ref(self, row: PledgeRegistration) -> str:
        return row.project.ref

    @display(
        description="状态",
        ordering="state",
        label={PledgeState.CORRECTION.label: "warning", **{state.label: "success" for state in STANDING}},
    )
    def shown_state(self, row: PledgeRegistration) -> str:
        return row.get_state_display()

    @display(description="材料")
    def papers_table(self, row: PledgeRegistration) -> SafeString:
        labels = dict(PledgePaper.choices)
        papers = [(labels.get(one.purpose, one.purpose), one) for one in Attachment.objects.of(row)]
        return part("pledge_papers", papers=papers, missing=[one.label for one in missing_papers(row)])

    @display(description="登记事项与过程")
    def steps_table(self, row: PledgeRegistration) -> SafeString:
        steps = row.steps.select_related("patent", "legal_event").order_by("on", "id")
        return part("pledge_steps", steps=steps, moves=row.moves.select_related("by").order_by("id"))

    def handling_facts(self, row: Any) -> SafeString:
        """Papers and what was announced so far."""
        return format_html("{}{}", self.papers_table(row), self.steps_table(row))
