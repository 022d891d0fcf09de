"""The work plan as officials work on it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from portal import clock, regions
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import User
from portal.attachments.models import Attachment
from portal.flow import Flow
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin
from stats.enums.workplan import Light, MilestoneState, TaskState
from stats.forms.workplan import BreakDownForm, ChaseForm, MilestoneForm, OwnerForm, ReplyForm, ReportForm
from stats.models.workplan import Chase, Milestone, PlanMeasure, WorkTask
from stats.queries.workplan import PROVINCE_LABEL
from stats.services import workplan as services
from stats.workflow.workplan import MILESTONE_FLOW, TASK_FLOW


def _may(flow: Flow, state: str) -> Any:
    return lambda row, user: state in flow.next_states(row.state, actor=user)


def _may_step(state: str) -> Any:
    def is_open(row: Milestone, user: User) -> bool:
        if row.task.state != TaskState.RUNNING or not _may(MILESTONE_FLOW, state)(row, user):
            return False
        if state == MilestoneState.REPORTED:
            return _carries(row.task, user)
        return state != MilestoneState.CONFIRMED or row.reported_by_id != user.pk

    return is_open


def _carries(task: WorkTask, user: User) -> bool:
    return (user.role == Role.CITY) if task.city_code else user.role in (Role.PROVINCE, Role.FINANCE)


def _runs(row: WorkTask, user: User) -> bool:
    return row.state == TaskState.RUNNING and (user.role == Role.PROVINCE or _carries(row, user))


def _city(code: str) -> str:
    return regions.name_of(code) if code else PROVINCE_LABEL


class LightFilter(admin.SimpleListFilter):
    """By how the task stands today."""

    title = "红黄绿灯"
    parameter_name = "light"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Light.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(light=self.value()) if self.value() in Light.values else queryset


@admin.register(PlanMeasure)
class PlanMeasureAdmin(HandlingAdmin):
    """The plan's measures; the province breaks them down."""

    roles = OFFICIALS
    list_display = ("code", "item", "text", "department", "due_on", "is_yearly")
    list_filter = ("item__chapter", "is_yearly")
    list_select_related = ("item",)
    search_fields = ("=code", "text", "item__title")
    steps = (
        Step(
            "break_down", "分解任务", BreakDownForm,
            lambda row, by, data: services.break_down(measure_id=row.pk, by=by, plan=services.BreakDown(**data)),
            lambda _row, user: user.role == Role.PROVINCE,
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the plan's words, the suggestion and what was broken down."""
        context = {
            "measure": row,
            "cities": [regions.name_of(code) for code in row.cities],
            "tasks": row.tasks.order_by("-year", "city_code"),
        }
        return render_to_string("stats/workplan/admin_measure.html", context)


@admin.register(WorkTask)
class WorkTaskAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("ref", "title", "measure_code", "place", "owner", "due_on", "next_due", "light_shown", "state")
    list_filter = (LightFilter, "state", "year", "city_code", "measure__item")
    list_select_related = ("owner", "measure")
    search_fields = ("=ref", "title", "department")
    steps = (
        Step(
            "owner", "指定责任人", OwnerForm,
            lambda row, by, data: services.name_owner(task_id=row.pk, by=by, **data), _runs,
        ),
        Step(
            "milestone", "增加节点", MilestoneForm,
            lambda row, by, data: services.add_milestone(task_id=row.pk, by=by, **data), _runs,
        ),
        Step(
            "chase", "督办", ChaseForm,
            lambda row, by, data: services.chase_task(task_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.PROVINCE and row.state == TaskState.RUNNING,
        ),
        Step(
            "close", "办结", NoteForm,
            lambda row, by, data: services.close_task(task_id=row.pk, by=by, **data), _may(TASK_FLOW, TaskState.DONE),
        ),
        Step(
            "reopen", "重新推进", ReasonForm,
            lambda row, by, data: services.reopen_task(task_id=row.pk, by=by, **data),
            _may(TASK_FLOW, TaskState.RUNNING),
        ),
        Step(
            "cancel", "取消任务", ReasonForm,
            lambda row, by, data: services.cancel_task(task_id=row.pk, by=by, **data),
            _may(TASK_FLOW, TaskState.CANCELLED),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = super().get_queryset(request)
        rows: QuerySet[Any] = visible.with_light(clock.today())  # type: ignore[attr-defined]
        return rows.order_by("-id")

    @display(description="措施")
    def measure_code(self, row: WorkTask) -> str:
        return row.measure.code

    @display(description="地区", ordering="city_code")
    def place(self, row: WorkTask) -> str:
        return _city(row.city_code)

    @display(description="下一节点")
    def next_due(self, row: Any) -> Any:
        return row.next_due_on or "—"

    @display(description="红黄绿灯")
    def light_shown(self, row: Any) -> str:
        return str(Light(row.light).label)

    def handling_facts(self, row: Any) -> SafeString:
        """Show the measure, the milestones with their evidence, and what was chased."""
        context = {
            "task": row,
            "city": _city(row.city_code),
            "milestones": row.milestones.select_related("reported_by"),
            "chases": row.chases.select_related("by", "replied_by")[:20],
        }
        return render_to_string("stats/workplan/admin_task.html", context)


@admin.register(Milestone)
class MilestoneAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("title", "task", "place", "due_on", "state", "reported_at")
    list_filter = ("state", "task__year", "task__city_code")
    list_select_related = ("task",)
    search_fields = ("title", "=task__ref", "task__title")
    steps = (
        Step(
            "report", "报告完成", ReportForm,
            lambda row, by, data: services.report_milestone(milestone_id=row.pk, by=by, **data),
            _may_step(MilestoneState.REPORTED),
        ),
        Step(
            "confirm", "核实", NoteForm,
            lambda row, by, data: services.confirm_milestone(milestone_id=row.pk, by=by, **data),
            _may_step(MilestoneState.CONFIRMED),
        ),
        Step(
            "return", "退回补充", ReasonForm,
            lambda row, by, data: services.return_milestone(milestone_id=row.pk, by=by, **data),
            _may_step(MilestoneState.RETURNED),
        ),
    )  # fmt: skip

    @display(description="地区", ordering="task__city_code")
    def place(self, row: Milestone) -> str:
        return _city(row.task.city_code)

    def handling_facts(self, row: Any) -> SafeString:
        """Show the report and its evidence."""
        context = {"milestone": row, "attachments": Attachment.objects.of(row)}
        return render_to_string("stats/workplan/admin_milestone.html", context)


@admin.register(Chase)
class ChaseAdmin(HandlingAdmin):
    roles = OFFICIALS
    list_display = ("task", "text", "by", "at", "reply", "replied_at")
    list_select_related = ("task", "by")
    search_fields = ("=task__ref", "task__title")
    steps = (
        Step(
            "reply", "回复", ReplyForm,
            lambda row, by, data: services.reply_chase(chase_id=row.pk, by=by, **data),
            lambda row, user: not row.reply and _carries(row.task, user),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show what was asked."""
        return render_to_string("stats/workplan/admin_chase.html", {"chase": row})
