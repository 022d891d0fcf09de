"""The reform register as officials see it."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patents.enums.reform import ReformState
from patents.models import RightsReform
from patents.services import reform as services
from patents.workflow.reform import REFORM_FLOW
from portal.accounts.enums import OFFICIALS
from portal.attachments.models import Attachment
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin


def _may(state: str) -> Any:
    return lambda row, user: state in REFORM_FLOW.next_states(row.state, actor=user)


@admin.register(RightsReform)
class RightsReformAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("ref", "organisation", "kind", "title", "adopted_on", "use_years", "agreement_count", "state")
    list_filter = ("state", "kind")
    list_select_related = ("organisation",)
    search_fields = ("=ref", "title", "organisation__name")
    steps = (
        Step(
            "confirm", "核实并公布", NoteForm,
            lambda row, by, data: services.confirm_reform(reform_id=row.pk, by=by, **data),
            _may(ReformState.CONFIRMED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: services.return_reform(reform_id=row.pk, by=by, **data),
            _may(ReformState.RETURNED),
        ),
        Step(
            "end", "登记终止", ReasonForm,
            lambda row, by, data: services.end_reform(reform_id=row.pk, by=by, **data),
            _may(ReformState.ENDED),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the entry and its evidence."""
        context = {"reform": row, "attachments": Attachment.objects.of(row)}
        return render_to_string("patents/reform/admin_facts.html", context)
