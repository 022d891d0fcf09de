"""The plan's items and measures, broken down to tasks of departments and cities with milestones and chasing."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, Min, OuterRef, Q, Value, When
from django.urls import reverse

from portal.accounts.enums import Role
from portal.history import tracked
from stats.enums.workplan import WITH_OWNER, Light, MilestoneState, TaskState

if TYPE_CHECKING:
    from typing import Self

WARN_DAYS = 15
"""A milestone due within so many calendar days turns its task yellow (own default)."""


class PlanItem(models.Model):
    """One of the plan's twenty items, or of the four measures of its last chapter, in the plan's own words."""

    place = models.PositiveSmallIntegerField("序号", unique=True)
    code = models.CharField("编号", max_length=10, unique=True)
    chapter = models.CharField("章节", max_length=50)
    title = models.CharField("事项", max_length=100)
    text = models.TextField("方案原文")

    class Meta:
        verbose_name = verbose_name_plural = "方案事项"
        ordering = ("place",)

    def __str__(self) -> str:
        return f"{self.code}. {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("stats:workplan_item", args=[self.place])


class PlanMeasure(models.Model):
    """One sentence of an item that asks somebody to do something.

    `cities` names those it asks, empty where it asks the province. Date and text are the plan's; the departments and
    the milestones are the portal's suggestion, which the break-down replaces.
    """

    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="measures", verbose_name="方案事项")
    code = models.CharField("编号", max_length=10, unique=True)
    text = models.TextField("方案原文")
    department = models.CharField("建议责任单位", max_length=100)
    cities = ArrayField(models.CharField(max_length=6), verbose_name="涉及的市", default=list, blank=True)
    due_on = models.DateField("方案时限", null=True, blank=True)
    is_yearly = models.BooleanField("每年开展", default=False)
    targets = ArrayField(models.CharField(max_length=3), verbose_name="对应目标", default=list, blank=True)
    milestones = models.JSONField("建议节点", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "方案措施"
        ordering = ("item__place", "id")

    def __str__(self) -> str:
        return f"{self.code} {self.text[:40]}"


class WorkTaskQuerySet(models.QuerySet["WorkTask"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance all, a city its own; nobody else."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        return self.filter(city_code=user.city_code) if user.role == Role.CITY else self.none()

    def with_light(self, day: dt.date) -> "Self":
        """Each with `next_due_on`, the first milestone that waits for its owner, and `light`, how it stands on `day`."""
        waiting = Milestone.objects.filter(task=OuterRef("pk"), state=MilestoneState.REPORTED)
        near = day + dt.timedelta(days=WARN_DAYS)
        return self.annotate(
            next_due_on=Min("milestones__due_on", filter=Q(milestones__state__in=WITH_OWNER)),
            light=Case(
                When(state=TaskState.DONE, then=Value(Light.DONE.value)),
                When(state=TaskState.CANCELLED, then=Value(Light.OFF.value)),
                When(next_due_on__lt=day, then=Value(Light.RED.value)),
                When(
                    Q(next_due_on__lte=near) | Q(next_due_on__isnull=True) | Exists(waiting),
                    then=Value(Light.YELLOW.value),
                ),
                default=Value(Light.GREEN.value),
            ),
        )


@tracked()
class WorkTask(models.Model):
    """What one department, or one city, has to do for a measure in a year. `city_code` is empty for the province."""

    ref = models.CharField("任务编号", max_length=20, unique=True)
    measure = models.ForeignKey(PlanMeasure, on_delete=models.PROTECT, related_name="tasks", verbose_name="方案措施")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("任务", max_length=200)
    department = models.CharField("责任单位", max_length=100)
    city_code = models.CharField("市代码", max_length=6, blank=True, db_index=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="责任人",
    )
    starts_on = models.DateField("开始日")
    due_on = models.DateField("完成时限")
    state = models.CharField("状态", max_length=10, choices=TaskState, default=TaskState.RUNNING)
    note = models.CharField("说明", max_length=500, blank=True)
    done_on = models.DateField("完成日", null=True, blank=True)
    chased_on = models.DateField("最近督办日", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = WorkTaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作任务"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "year", "department", "city_code"], name="worktask_once_per_department"
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="worktask_period"),
            models.CheckConstraint(
                condition=Q(state=TaskState.DONE, done_on__isnull=False)
                | (~Q(state=TaskState.DONE) & Q(done_on__isnull=True)),
                name="worktask_done_with_day",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="worktask_due")]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def visible_to(self, user: Any) -> "Self":
        """As the task."""
        return self.filter(task__in=WorkTask.objects.visible_to(user))


@tracked()
class Milestone(models.Model):
    """A step of a task with its date. Who reports it does not confirm it."""

    task = models.ForeignKey(WorkTask, on_delete=models.CASCADE, related_name="milestones", verbose_name="任务")
    title = models.CharField("节点", max_length=200)
    due_on = models.DateField("时限", db_index=True)
    state = models.CharField("状态", max_length=10, choices=MilestoneState, default=MilestoneState.OPEN)
    report = models.TextField("完成情况", blank=True)
    note = models.CharField("核实意见", max_length=500, blank=True)
    reported_at = models.DateTimeField("报告时间", null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="报告人",
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核实人",
    )
    confirmed_on = models.DateField("核实日", null=True, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务节点"
        ordering = ("task", "due_on", "id")
        constraints = [
            models.UniqueConstraint(fields=["task", "title"], name="milestone_title_once"),
            models.CheckConstraint(
                condition=~Q(state__in=[MilestoneState.REPORTED, MilestoneState.CONFIRMED])
                | (Q(reported_at__isnull=False, reported_by__isnull=False) & ~Q(report="")),
                name="milestone_reported_with_text",
            ),
            models.CheckConstraint(
                condition=~Q(state=MilestoneState.CONFIRMED)
                | (Q(confirmed_by__isnull=False, confirmed_on__isnull=False) & ~Q(confirmed_by=F("reported_by"))),
                name="milestone_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="milestone_due")]

    def __str__(self) -> str:
        return f"{self.title}（{self.due_on}）"


class ChaseQuerySet(models.QuerySet["Chase"]):
    def visible_to(self, user: Any) -> "Self":
        """As the task."""
        return self.filter(task__in=WorkTask.objects.visible_to(user))


class Chase(models.Model):
    """One time that a task was chased, by an official or (without `by`) by the portal, and what was answered."""

    task = models.ForeignKey(WorkTask, on_delete=models.CASCADE, related_name="chases", verbose_name="任务")
    text = models.CharField("督办内容", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="督办人",
    )
    at = models.DateTimeField("督办时间")
    reply = models.CharField("回复", max_length=500, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="回复人",
    )
    replied_at = models.DateTimeField("回复时间", null=True, blank=True)

    objects = ChaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办记录"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.task_id} {self.at:%Y-%m-%d}"
