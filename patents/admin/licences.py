"""Open licences as officials see them: review, the two states, and the clocks of their records."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from patents import services
from patents.enums import AcceptanceState, OpenLicenceState
from patents.forms.licences import CnipaStepForm, ObstacleForm, RecordForm
from patents.models import Acceptance, OpenLicence
from patents.policy.licences import due_at_acceptance
from patents.queries import licences as queries
from patents.workflow.licences import ACCEPTANCE_FLOW, CNIPA_FLOW, OPEN_LICENCE_FLOW
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.ui.admin import admin
from portal.ui.handling import HandlingAdmin, Step
from portal.ui.history import HistoryMixin
from portal.ui.review import ReviewAdmin

REVIEWERS = frozenset({Role.CITY, Role.PROVINCE})


def _may_record(row: OpenLicence, user: User) -> bool:
    return row.published_on is not None and bool(CNIPA_FLOW.next_states(row.cnipa_state, actor=user))


LICENCE_STEPS = (
    Step(
        "cnipa",
        "登记国家知识产权局办理结果",
        CnipaStepForm,
        lambda row, by, given: services.record_cnipa_step(ref=row.ref, by=by, **given),
        _may_record,
    ),
    Step(
        "obstacle",
        "登记或解除其他妨碍实施的情形",
        ObstacleForm,
        lambda row, by, given: services.set_obstacle(ref=row.ref, by=by, **given),
        lambda row, _user: row.state in (OpenLicenceState.SUBMITTED, OpenLicenceState.PUBLISHED),
    ),
)
ACCEPTANCE_STEPS = (
    Step(
        "record",
        "登记备案结果",
        RecordForm,
        lambda row, by, given: services.record_acceptance(ref=row.ref, by=by, **given),
        lambda row, user: bool(ACCEPTANCE_FLOW.next_states(row.state, actor=user)),
    ),
)


@admin.register(OpenLicence)
class OpenLicenceAdmin(HistoryMixin, HandlingAdmin, ReviewAdmin):
    """Declarations: their review, the state at CNIPA, and obstacles."""

    roles = REVIEWERS
    actions_detail = ("review", "handle")
    steps = LICENCE_STEPS
    review_flow = OPEN_LICENCE_FLOW
    approved_state = OpenLicenceState.PUBLISHED
    approve_label = "登记并公开"
    list_display = ("ref", "patent_title", "holder", "payment_kind", "shown_state", "cnipa_state", "published_on")
    list_filter = ("state", "cnipa_state", "payment_kind")
    list_select_related = ("patent", "holder")
    search_fields = ("=ref", "=patent__number", "holder__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A city decides about its own holders' declarations only."""
        return OpenLicence.objects.of_user(request.user)

    @display(description="专利")
    def patent_title(self, licence: OpenLicence) -> str:
        return licence.patent.title

    @display(
        description="本平台登记状态",
        ordering="state",
        label={OpenLicenceState.SUBMITTED.label: "warning", OpenLicenceState.PUBLISHED.label: "success"},
    )
    def shown_state(self, licence: OpenLicence) -> str:
        return licence.get_state_display()

    def approve(self, row: OpenLicence, *, by: User, note: str) -> None:
        """Register the declaration and make it public."""
        services.publish_open_licence(ref=row.ref, by=by, note=note)

    def give_back(self, row: OpenLicence, *, by: User, note: str) -> None:
        """Return the declaration to its holder."""
        services.return_open_licence(ref=row.ref, by=by, note=note)

    def handling_facts(self, row: OpenLicence) -> SafeString:
        """Show what a review shows."""
        return self.review_facts(row)

    def review_facts(self, row: OpenLicence) -> SafeString:
        """Show the five fields, the proofs, what stands against it and what deserves a second look."""
        today = clock.today()
        return render_to_string(
            "patents/licences/admin_facts.html",
            {
                "licence": row,
                "due": due_at_acceptance(queries.terms_of(row)),
                "blocks": queries.blocks_against(row, today),
                "warnings": queries.warnings_about(queries.declaration_of(row), today),
            },
        )


@admin.register(Acceptance)
class AcceptanceAdmin(HistoryMixin, HandlingAdmin):
    """Licences that came about, with the days that are left to record each."""

    roles = REVIEWERS
    steps = ACCEPTANCE_STEPS
    list_display = ("ref", "patent_title", "holder_name", "firm", "effective_on", "record_due_on", "days_left", "state")
    list_filter = ("state", "record_due_on")
    list_select_related = ("open_licence__patent", "open_licence__holder", "firm")
    search_fields = ("=ref", "=open_licence__ref", "firm__name")

    @display(description="专利")
    def patent_title(self, row: Acceptance) -> str:
        return row.open_licence.patent.title

    @display(description="权利人")
    def holder_name(self, row: Acceptance) -> str:
        return row.open_licence.holder.name

    @display(description="备案剩余天数", ordering="record_due_on")
    def days_left(self, row: Acceptance) -> str:
        if row.state == AcceptanceState.RECORDED:
            return "已备案"
        left = (row.record_due_on - clock.today()).days
        return f"{left} 天" if left >= 0 else f"逾期 {-left} 天"
