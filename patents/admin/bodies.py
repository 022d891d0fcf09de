"""The register of operating bodies as officials see it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patents.enums.bodies import ActivityState, BodyState
from patents.forms.bodies import BodyForm
from patents.models import BodyActivity, OperatingBody
from patents.services import bodies as services
from patents.workflow.bodies import ACTIVITY_FLOW, BODY_FLOW
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.attachments.models import Attachment
from portal.flow import Flow
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin


def _may(flow: Flow, state: str) -> Any:
    return lambda row, user: state in flow.next_states(row.state, actor=user)


@admin.register(OperatingBody)
class OperatingBodyAdmin(HistoryMixin, HandlingAdmin):
    """The province keeps the register."""

    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    form = BodyForm
    list_display = ("ref", "name", "kind", "city_code", "organisation", "founded_on", "state")
    list_filter = ("state", "kind")
    list_select_related = ("organisation",)
    search_fields = ("=ref", "name")
    autocomplete_fields = ("organisation",)
    fields = BodyForm.Meta.fields
    steps = (
        Step(
            "close", "撤销", ReasonForm,
            lambda row, by, data: services.close_body(body_id=row.pk, by=by, **data),
            _may(BODY_FLOW, BodyState.CLOSED),
        ),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The service writes what the form carries."""
        return []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == BodyState.LISTED)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        saved = services.save_body(by=user_of(request), facts=form.facts(), body_id=obj.pk if change else None)
        obj.pk, obj.ref = saved.pk, saved.ref

    def handling_facts(self, row: Any) -> SafeString:
        """Show the entry."""
        return render_to_string("patents/bodies/admin_body.html", {"body": row})


@admin.register(BodyActivity)
class BodyActivityAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("body", "year", "quarter", "firm_count", "deal_count", "deal_amount", "event_count", "state")
    list_filter = ("state", "year", "quarter")
    list_select_related = ("body",)
    search_fields = ("=body__ref", "body__name")
    steps = (
        Step(
            "confirm", "核实", NoteForm,
            lambda row, by, data: services.confirm_activity(activity_id=row.pk, by=by, **data),
            _may(ACTIVITY_FLOW, ActivityState.CONFIRMED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: services.return_activity(activity_id=row.pk, by=by, **data),
            _may(ACTIVITY_FLOW, ActivityState.RETURNED),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the report and its evidence."""
        context = {"activity": row, "attachments": Attachment.objects.of(row)}
        return render_to_string("patents/bodies/admin_activity.html", context)
