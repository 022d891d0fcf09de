"""Navigation projects (专利导航): calls, applications, expert reviews, projects with milestones and support."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from patents.enums.cultivation import CallState, ReviewState
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from stats.enums.navigation import ApplicationState, NavigationKind, ProjectState
from stats.enums.workplan import MilestoneState

if TYPE_CHECKING:
    from typing import Self

YUAN: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


class NavigationCallQuerySet(models.QuerySet["NavigationCall"]):
    def visible_to(self, user: Any) -> "Self":
        """Everybody sees published calls, the province its drafts too."""
        if user.is_authenticated and user.role == Role.PROVINCE:
            return self
        return self.exclude(state=CallState.DRAFT)


@tracked()
class NavigationCall(models.Model):
    """A round in which projects can be applied for. Criteria are those of the rule in force when it was published."""

    ref = models.CharField("申报批次", max_length=20, unique=True)
    kind = models.CharField("类别", max_length=12, choices=NavigationKind)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=200)
    document_number = models.CharField("文号", max_length=100, blank=True)
    opens_on = models.DateField("申报开始日")
    closes_on = models.DateField("申报截止日")
    quota = models.PositiveSmallIntegerField("立项数")
    conditions = models.TextField("申报条件和产业方向")
    criteria = models.JSONField("评审指标", default=list, blank=True)
    min_experts = models.PositiveSmallIntegerField("最少专家人数", default=3)
    spread_warning = models.PositiveSmallIntegerField("分歧提示（分）", default=20)
    state = models.CharField("状态", max_length=10, choices=CallState, default=CallState.DRAFT, db_index=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    objects = NavigationCallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利导航申报批次"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="navigation_call_period"),
            models.CheckConstraint(condition=Q(quota__gt=0), name="navigation_call_quota_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("stats:navigation_call", args=[self.ref])


class NavigationApplicationQuerySet(models.QuerySet["NavigationApplication"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and the applicant's city what was handed in, an applicant its own, an expert those assigned."""
        if not user.is_authenticated:
            return self.none()
        handed_in = self.exclude(state=ApplicationState.DRAFT)
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return handed_in
        if user.role == Role.CITY:
            return handed_in.filter(organisation__city_code=user.city_code)
        if user.role in (Role.HOLDER, Role.SME):
            judged = NavigationReview.objects.filter(expert=user).exclude(state=ReviewState.DECLINED)
            return self.filter(Q(organisation_id=user.organisation_id) | Q(pk__in=judged.values("application_id")))
        return self.none()

    def own(self, user: Any) -> "Self":
        """Those of the organisation that `user` acts for."""
        if not user.is_authenticated or user.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=user.organisation_id)


@tracked()
class NavigationApplication(models.Model):
    """An organisation's wish to carry out a project, once in a call for each industry."""

    ref = models.CharField("申报编号", max_length=20, unique=True)
    call = models.ForeignKey(
        NavigationCall, on_delete=models.PROTECT, related_name="applications", verbose_name="申报批次"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="navigation_applications", verbose_name="申报单位"
    )
    name = models.CharField("项目名称", max_length=200)
    industry = models.CharField("导航产业（园区）", max_length=100)
    leader_name = models.CharField("负责人", max_length=50)
    team_names = models.CharField("团队成员", max_length=600, blank=True)
    partner_names = models.CharField("合作单位", max_length=600, blank=True)
    basis = models.TextField("工作基础")
    plan = models.TextField("实施方案")
    results = models.TextField("预期成果")
    requested_amount = models.DecimalField("申请经费（元）", **YUAN)
    state = models.CharField(
        "状态", max_length=14, choices=ApplicationState, default=ApplicationState.DRAFT, db_index=True
    )
    note = models.CharField("审查意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = NavigationApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利导航申报"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["call", "organisation", "industry"],
                condition=~Q(state=ApplicationState.WITHDRAWN),
                name="navigation_application_once",
            ),
            models.CheckConstraint(condition=Q(requested_amount__gte=0), name="navigation_requested_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("stats:navigation_application", args=[self.ref])


class NavigationReviewQuerySet(models.QuerySet["NavigationReview"]):
    def visible_to(self, user: Any) -> "Self":
        """An expert sees his own review alone; the province all."""
        if not user.is_authenticated:
            return self.none()
        return self if user.role == Role.PROVINCE else self.filter(expert=user)


@tracked()
class NavigationReview(models.Model):
    """One expert's judgement of one application, made alone."""

    application = models.ForeignKey(
        NavigationApplication, on_delete=models.PROTECT, related_name="reviews", verbose_name="申报"
    )
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="navigation_reviews", verbose_name="专家"
    )
    state = models.CharField("状态", max_length=10, choices=ReviewState, default=ReviewState.ASSIGNED)
    no_conflict_at = models.DateTimeField("声明无利益冲突时间", null=True, blank=True)
    scores = models.JSONField("分项得分", default=dict, blank=True)
    total = models.PositiveSmallIntegerField("总分", null=True, blank=True)
    comment = models.TextField("评审意见", blank=True)
    decline_reason = models.CharField("回避理由", max_length=300, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = NavigationReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利导航专家评审"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["application", "expert"], name="navigation_review_once_per_expert"),
            models.CheckConstraint(
                condition=~Q(state=ReviewState.SCORED) | Q(total__isnull=False, no_conflict_at__isnull=False),
                name="navigation_review_scored_without_conflict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.expert_id}"

    def get_absolute_url(self) -> str:
        return reverse("stats:navigation_review", args=[self.pk])


class NavigationProjectQuerySet(models.QuerySet["NavigationProject"]):
    def visible_to(self, user: Any) -> "Self":
        """Projects are public."""
        return self


@tracked()
class NavigationProject(models.Model):
    """An approved project. `support_amount` is what the province approved; whether it is paid is the subsidy's rule."""

    number = models.CharField("项目编号", max_length=20, unique=True)
    application = models.OneToOneField(
        NavigationApplication, on_delete=models.PROTECT, related_name="project", verbose_name="申报"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="navigation_projects", verbose_name="承担单位"
    )
    kind = models.CharField("类别", max_length=12, choices=NavigationKind)
    name = models.CharField("项目名称", max_length=200)
    industry = models.CharField("导航产业（园区）", max_length=100)
    document_number = models.CharField("立项文号", max_length=100)
    approved_on = models.DateField("立项日", db_index=True)
    due_on = models.DateField("完成时限")
    state = models.CharField("状态", max_length=10, choices=ProjectState, default=ProjectState.RUNNING)
    result = models.TextField("验收结论或终止理由", blank=True)
    ended_on = models.DateField("验收（终止）日", null=True, blank=True)
    support_amount = models.DecimalField("支持经费（元）", null=True, blank=True, **YUAN)
    support_approved_on = models.DateField("经费批准日", null=True, blank=True)

    objects = NavigationProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利导航项目"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gt=F("approved_on")), name="navigation_project_period"),
            models.CheckConstraint(
                condition=Q(state=ProjectState.RUNNING, ended_on__isnull=True)
                | (~Q(state=ProjectState.RUNNING) & Q(ended_on__isnull=False) & ~Q(result="")),
                name="navigation_project_ended_with_result",
            ),
            models.CheckConstraint(
                condition=Q(support_amount__isnull=True, support_approved_on__isnull=True)
                | Q(support_amount__gt=0, support_approved_on__isnull=False),
                name="navigation_support_with_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("stats:navigation_project", args=[self.number])


class NavigationMilestoneQuerySet(models.QuerySet["NavigationMilestone"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance all, a city its own, who carries the project its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        if user.role == Role.CITY:
            return self.filter(project__organisation__city_code=user.city_code)
        return self.filter(project__organisation_id=user.organisation_id)


@tracked()
class NavigationMilestone(models.Model):
    """A step of a project with its report; the last one carries the final report."""

    project = models.ForeignKey(
        NavigationProject, on_delete=models.CASCADE, related_name="milestones", verbose_name="项目"
    )
    title = models.CharField("节点", max_length=200)
    due_on = models.DateField("时限")
    state = models.CharField("状态", max_length=10, choices=MilestoneState, default=MilestoneState.OPEN)
    report = models.TextField("报告", blank=True)
    spent_amount = models.DecimalField("累计支出（元）", null=True, blank=True, **YUAN)
    note = models.CharField("核查意见", max_length=500, blank=True)
    reported_at = models.DateTimeField("报告时间", null=True, blank=True)

    objects = NavigationMilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利导航项目节点"
        ordering = ("project", "due_on", "id")
        constraints = [
            models.UniqueConstraint(fields=["project", "title"], name="navigation_milestone_once"),
            models.CheckConstraint(
                condition=~Q(state__in=[MilestoneState.REPORTED, MilestoneState.CONFIRMED])
                | (Q(reported_at__isnull=False) & ~Q(report="")),
                name="navigation_milestone_reported",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="navigation_milestone_due")]

    def __str__(self) -> str:
        return f"{self.title}（{self.due_on}）"
