"""Navigation calls, applications and projects as officials see them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from patents.enums.cultivation import CallState, ReviewState
from patents.forms.cultivation import ExpertForm
from patents.workflow.cultivation import CALL_FLOW
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.attachments.models import Attachment
from portal.flow import Flow
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin
from stats.enums.navigation import ApplicationDocument, ApplicationState, ProjectState
from stats.enums.workplan import MilestoneState
from stats.forms.navigation import ApprovalForm, CallForm, ResultForm, StepForm, SupportForm
from stats.models.navigation import NavigationApplication, NavigationCall, NavigationMilestone, NavigationProject
from stats.queries import navigation as queries
from stats.services import navigation as services
from stats.services import navigation_projects as projects
from stats.workflow.navigation import APPLICATION_FLOW, PROJECT_FLOW, STEP_FLOW


def _may(flow: Flow, state: str) -> Any:
    return lambda row, user: state in flow.next_states(row.state, actor=user)


def _may_step(state: str) -> Any:
    return lambda row, user: row.project.state == ProjectState.RUNNING and _may(STEP_FLOW, state)(row, user)


def _runs(row: NavigationProject, user: User) -> bool:
    return user.role == Role.PROVINCE and row.state == ProjectState.RUNNING


@admin.register(NavigationCall)
class NavigationCallAdmin(HistoryMixin, HandlingAdmin):
    """The province drafts, publishes and ends calls."""

    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    form = CallForm
    list_display = (
        "ref",
        "title",
        "kind",
        "opens_on",
        "closes_on",
        "quota",
        "applied_count",
        "approved_count",
        "state",
    )
    list_filter = ("state", "kind", "year")
    search_fields = ("=ref", "title")
    steps = (
        Step(
            "publish", "发布", NoteForm,
            lambda row, by, _: services.publish_call(call_id=row.pk, by=by), _may(CALL_FLOW, CallState.PUBLISHED),
        ),
        Step(
            "close", "结束批次", NoteForm,
            lambda row, by, _: services.close_call(call_id=row.pk, by=by), _may(CALL_FLOW, CallState.CLOSED),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = super().get_queryset(request)
        return queries.calls_with_counts().filter(pk__in=visible.values("pk")).order_by("-id")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What the form does not carry is written by services."""
        shown = ["ref", "state", "published_at", "min_experts", "spread_warning"]
        is_editable = obj is None or obj.state == CallState.DRAFT
        return ([] if is_editable else list(CallForm.Meta.fields)) + ([] if obj is None else shown)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = ("ref", "state", "published_at", "min_experts", "spread_warning")
        return [*CallForm.Meta.fields, *([] if obj is None else shown)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == CallState.DRAFT)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        saved = services.save_call(by=user_of(request), terms=form.terms(), call_id=obj.pk if change else None)
        obj.pk, obj.ref = saved.pk, saved.ref

    @display(description="已申报")
    def applied_count(self, call: Any) -> int:
        return int(call.applied_count)

    @display(description="已立项")
    def approved_count(self, call: Any) -> int:
        return int(call.approved_count)

    def handling_facts(self, row: Any) -> SafeString:
        """Show the call."""
        return _part("call", call=row)


@admin.register(NavigationApplication)
class NavigationApplicationAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("ref", "name", "organisation", "call", "requested_amount", "state", "submitted_at")
    list_filter = ("state", "call__kind", "call__year")
    list_select_related = ("organisation", "call")
    search_fields = ("=ref", "name", "organisation__name")
    steps = (
        Step(
            "expert", "指派专家", ExpertForm,
            lambda row, by, data: services.assign_expert(application_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.PROVINCE
            and row.state in (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW),
        ),
        Step(
            "approve", "立项", ApprovalForm,
            lambda row, by, data: services.approve_application(application_id=row.pk, by=by, **data),
            _may(APPLICATION_FLOW, ApplicationState.APPROVED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: services.return_application(application_id=row.pk, by=by, **data),
            _may(APPLICATION_FLOW, ApplicationState.RETURNED),
        ),
        Step(
            "turn_down", "不予立项", ReasonForm,
            lambda row, by, data: services.turn_down(application_id=row.pk, by=by, **data),
            _may(APPLICATION_FLOW, ApplicationState.NOT_APPROVED),
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The city sees the application and its documents, the province the experts' points too."""
        names = [field.name for field in NavigationApplication._meta.fields if field.name != "id"]
        return [*names, "documents", *(["judgements"] if user_of(request).role == Role.PROVINCE else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything is read-only: services write."""
        return [*super().get_readonly_fields(request, obj), "documents", "judgements"]

    @display(description="材料")
    def documents(self, application: NavigationApplication) -> SafeString:
        files: list[Any] = list(Attachment.objects.of(application))
        for file in files:
            file.label = ApplicationDocument(file.purpose).label
        return render_to_string("components/attachments.html", {"attachments": files})

    @display(description="专家评审")
    def judgements(self, application: NavigationApplication) -> SafeString:
        """Every expert's points with the spread."""
        reviews = application.reviews.select_related("expert__organisation").order_by("id")
        context = {
            "reviews": reviews,
            "scored": [review for review in reviews if review.state == ReviewState.SCORED],
            "table": queries.score_table(application),
            "spread": queries.spread_of(application),
            "call": application.call,
        }
        return render_to_string("patents/cultivation/admin_judgements.html", context)

    def handling_facts(self, row: Any) -> SafeString:
        """Show the application and what the experts said."""
        return _part("application", application=row, documents=self.documents(row), judgements=self.judgements(row))


@admin.register(NavigationProject)
class NavigationProjectAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("number", "name", "organisation", "kind", "approved_on", "due_on", "support_amount", "state")
    list_filter = ("state", "kind", "approved_on")
    list_select_related = ("organisation",)
    search_fields = ("=number", "name", "organisation__name")
    steps = (
        Step(
            "step", "设定节点", StepForm,
            lambda row, by, data: projects.add_step(project_id=row.pk, by=by, **data), _runs,
        ),
        Step(
            "support", "批准经费", SupportForm,
            lambda row, by, data: projects.approve_support(project_id=row.pk, by=by, **data),
            lambda row, user: _runs(row, user) and row.support_amount is None and row.application.requested_amount > 0,
        ),
        Step(
            "accept", "通过验收", ResultForm,
            lambda row, by, data: projects.accept_project(project_id=row.pk, by=by, **data),
            _may(PROJECT_FLOW, ProjectState.ACCEPTED),
        ),
        Step(
            "fail", "未通过验收", ResultForm,
            lambda row, by, data: projects.fail_project(project_id=row.pk, by=by, **data),
            _may(PROJECT_FLOW, ProjectState.FAILED),
        ),
        Step(
            "terminate", "终止", ResultForm,
            lambda row, by, data: projects.terminate_project(project_id=row.pk, by=by, **data),
            _may(PROJECT_FLOW, ProjectState.TERMINATED),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the project, its milestones, and what subsidies makes of its support."""
        return _part("project", project=row, milestones=row.milestones.all(), claim=queries.claim_of(row))


@admin.register(NavigationMilestone)
class NavigationMilestoneAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("title", "project", "due_on", "spent_amount", "state", "reported_at")
    list_filter = ("state",)
    list_select_related = ("project",)
    search_fields = ("title", "=project__number", "project__name")
    steps = (
        Step(
            "confirm", "核查通过", NoteForm,
            lambda row, by, data: projects.confirm_step(step_id=row.pk, by=by, **data),
            _may_step(MilestoneState.CONFIRMED),
        ),
        Step(
            "return", "退回补充", ReasonForm,
            lambda row, by, data: projects.return_step(step_id=row.pk, by=by, **data),
            _may_step(MilestoneState.RETURNED),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the report and its document."""
        return _part("milestone", milestone=row, attachments=Attachment.objects.of(row))


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"stats/navigation/admin_{name}.html", context)
