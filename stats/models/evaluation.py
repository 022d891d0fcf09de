"""The yearly evaluation of the cities: a scheme's criteria as a version, self-reports, scores, appeals."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from portal import regions
from portal.accounts.enums import Role
from portal.history import tracked
from stats.enums.evaluation import WITH_CITY, AppealState, EvaluationState, SchemeState

if TYPE_CHECKING:
    from typing import Self


def person(label: str) -> Any:
    """A column for the official who took a step."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


class EvaluationSchemeQuerySet(models.QuerySet["EvaluationScheme"]):
    def visible_to(self, user: Any) -> "Self":
        """The province all, other officials what was published."""
        if not user.is_authenticated or not user.is_official:
            return self.none()
        return self if user.role == Role.PROVINCE else self.exclude(state=SchemeState.DRAFT)


@tracked()
class EvaluationScheme(models.Model):
    """What the cities are judged by in a year. `criteria` is a list of {code, label, max, guide}, frozen once published.

    `grades` is a list of {label, at_least} from the best down.
    """

    ref = models.CharField("方案编号", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("年度", unique=True)
    title = models.CharField("名称", max_length=200)
    document_number = models.CharField("文号", max_length=100, blank=True)
    criteria = models.JSONField("评价指标", default=list, blank=True)
    grades = models.JSONField("等次", default=list, blank=True)
    due_on = models.DateField("自评截止日")
    appeal_days = models.PositiveSmallIntegerField("申诉期（工作日）")
    state = models.CharField("状态", max_length=10, choices=SchemeState, default=SchemeState.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    announced_on = models.DateField("结果公布日", null=True, blank=True)
    appeal_until = models.DateField("申诉截止日", null=True, blank=True)

    objects = EvaluationSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度评价方案"
        ordering = ("-year", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[SchemeState.DRAFT, SchemeState.PUBLISHED], announced_on__isnull=True)
                | Q(announced_on__isnull=False, appeal_until__gte=F("announced_on")),
                name="evaluationscheme_announced",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="criteria_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'draft' AND (OLD.criteria IS DISTINCT FROM NEW.criteria"
                    " OR OLD.grades IS DISTINCT FROM NEW.grades)"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} 年 {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("stats:evaluation", args=[self.year])


class CityEvaluationQuerySet(models.QuerySet["CityEvaluation"]):
    def visible_to(self, user: Any) -> "Self":
        """The province and the finance department all, a city its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        return self.filter(city_code=user.city_code) if user.role == Role.CITY else self.none()


@tracked()
class CityEvaluation(models.Model):
    """One city in one year: what it says of itself, and what the province made of it, in whole points."""

    scheme = models.ForeignKey(
        EvaluationScheme, on_delete=models.PROTECT, related_name="evaluations", verbose_name="评价方案"
    )
    city_code = models.CharField("市代码", max_length=6, choices=regions.CITY_CHOICES)
    state = models.CharField("状态", max_length=10, choices=EvaluationState, default=EvaluationState.WAITING)
    self_scores = models.JSONField("自评得分", default=dict, blank=True)
    statements = models.JSONField("自评说明", default=dict, blank=True)
    self_total = models.PositiveSmallIntegerField("自评总分", null=True, blank=True)
    scores = models.JSONField("评审得分", default=dict, blank=True)
    reasons = models.JSONField("评审意见", default=dict, blank=True)
    total = models.PositiveSmallIntegerField("总分", null=True, blank=True)
    grade = models.CharField("等次", max_length=20, blank=True)
    note = models.CharField("退回意见", max_length=500, blank=True)
    due_on = models.DateField("应自评日")
    submitted_at = models.DateTimeField("报送时间", null=True, blank=True)
    submitted_by = person("报送人")
    scored_at = models.DateTimeField("评分时间", null=True, blank=True)
    scored_by = person("评分人")

    objects = CityEvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "各市年度评价"
        ordering = ("scheme", "city_code")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "city_code"], name="cityevaluation_once"),
            models.CheckConstraint(
                condition=Q(state__in=WITH_CITY) | Q(submitted_at__isnull=False, self_total__isnull=False),
                name="cityevaluation_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state=EvaluationState.SCORED) | Q(total__isnull=False, scored_by__isnull=False),
                name="cityevaluation_scored",
            ),
        ]
        indexes = [models.Index(fields=["city_code", "-id"], name="cityevaluation_city")]

    def __str__(self) -> str:
        return f"{self.scheme.year} 年 {self.get_city_code_display()}"

    def get_absolute_url(self) -> str:
        return reverse("stats:city_evaluation", args=[self.pk])


class EvaluationAppealQuerySet(models.QuerySet["EvaluationAppeal"]):
    def visible_to(self, user: Any) -> "Self":
        """As the city's evaluation."""
        return self.filter(evaluation__in=CityEvaluation.objects.visible_to(user))


@tracked()
class EvaluationAppeal(models.Model):
    """A city's appeal against its points for one criterion; decided by another official than who scored."""

    evaluation = models.ForeignKey(
        CityEvaluation, on_delete=models.PROTECT, related_name="appeals", verbose_name="评价"
    )
    criterion = models.CharField("指标", max_length=10)
    label = models.CharField("指标名称", max_length=100)
    grounds = models.TextField("申诉理由")
    score_before = models.PositiveSmallIntegerField("原得分")
    score_after = models.PositiveSmallIntegerField("复核得分", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=AppealState, default=AppealState.OPEN)
    decision = models.TextField("处理意见", blank=True)
    made_at = models.DateTimeField("申诉时间")
    made_by = person("申诉人")
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decided_by = person("处理人")

    objects = EvaluationAppealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评价申诉"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "criterion"], name="evaluationappeal_once"),
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN, decided_at__isnull=True)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision="")),
                name="evaluationappeal_decided",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="evaluationappeal_state")]

    def __str__(self) -> str:
        return f"{self.evaluation} {self.label}"
