"""Who owes pre-filing evaluation and who has it. Evaluations themselves have no page here: they are confidential."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patents.enums.prefiling import AdoptionState
from patents.models import PrefilingAdoption, ProvincialInstitution
from patents.services import prefiling as services
from patents.workflow.prefiling import ADOPTION_FLOW
from portal.accounts.enums import OFFICIALS, Role
from portal.attachments.models import Attachment
from portal.ui.admin import PortalAdmin
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin


def _may(state: str) -> Any:
    return lambda row, user: state in ADOPTION_FLOW.next_states(row.state, actor=user)


@admin.register(ProvincialInstitution)
class ProvincialInstitutionAdmin(HistoryMixin, PortalAdmin):
    """The list that T04 is counted over; kept by the province."""

    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    list_display = ("organisation", "department", "listed_on", "delisted_on")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "=organisation__uscc")
    autocomplete_fields = ("organisation",)


@admin.register(PrefilingAdoption)
class PrefilingAdoptionAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("organisation", "title", "adopted_on", "state", "submitted_at")
    list_filter = ("state",)
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "title")
    steps = (
        Step(
            "confirm", "核实通过", NoteForm,
            lambda row, by, data: services.confirm_adoption(adoption_id=row.pk, by=by, **data),
            _may(AdoptionState.CONFIRMED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: services.return_adoption(adoption_id=row.pk, by=by, **data),
            _may(AdoptionState.RETURNED),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the rule and its document."""
        context = {"adoption": row, "attachments": Attachment.objects.of(row)}
        return render_to_string("patents/prefiling/admin_adoption.html", context)
