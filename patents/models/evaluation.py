"""Evaluations of value: who gave which values under which table, and evidence of high value."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from patents.enums.evaluation import EvaluationRule, EvaluationState, EvidenceKind, EvidenceState, ExpertState, Scorer
from patents.models.pool import Patent
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.policy.models import RuleVersion

if TYPE_CHECKING:
    from typing import Self

SCORE: Any = {"max_digits": 5, "decimal_places": 2, "null": True, "blank": True}
SCORES = ("legal_score", "technical_score", "economic_score", "total_score")


class EvaluationTableManager(models.Manager["EvaluationTable"]):
    def get_queryset(self) -> models.QuerySet["EvaluationTable"]:
        return super().get_queryset().filter(kind=EvaluationRule.TABLE)


class EvaluationTable(RuleVersion):
    """A version of an indicator table: drafted by one officer, approved by another, then frozen by the database."""

    objects = EvaluationTableManager()  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "评价指标表"


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, user: Any) -> "Self":
        """The holder, its city, the province and the experts asked."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        asked = Q(pk__in=ExpertTask.objects.filter(expert=user.pk).values("evaluation_id"))
        if user.role == Role.CITY:
            return self.filter(asked | Q(holder__city_code=user.city_code))
        if user.role == Role.HOLDER:
            return self.filter(asked | Q(holder_id=user.organisation_id))
        return self.filter(asked)

    def of_user(self, user: Any) -> "Self":
        """Those that `user` decides about: the holder, its city, the province."""
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(holder__city_code=user.city_code)
        return self.filter(holder_id=user.organisation_id) if user.role == Role.HOLDER else self.none()


@tracked()
class Evaluation(models.Model):
    """One round of valuing a patent under one table and scene. Its scores are `Assessment` rows, kept for ever."""

    ref = models.CharField("编号", max_length=20, unique=True)
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="evaluations", verbose_name="专利")
    holder = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="evaluations", verbose_name="权利人"
    )
    table = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+", verbose_name="指标表")
    scene = models.CharField("场景", max_length=40)
    state = models.CharField("状态", max_length=10, choices=EvaluationState, default=EvaluationState.OPEN)
    opened_on = models.DateField("发起日")
    closed_on = models.DateField("完成日", null=True, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利价值评价"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["patent", "table", "scene"],
                condition=Q(state=EvaluationState.OPEN),
                name="evaluation_one_open_per_scene",
            ),
            models.CheckConstraint(
                condition=~Q(state=EvaluationState.CLOSED) | Q(closed_on__isnull=False), name="evaluation_closed_on"
            ),
        ]
        indexes = [models.Index(fields=["holder", "-id"], name="evaluation_holder")]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("patents:evaluation", args=[self.ref])


class Assessment(models.Model):
    """What one scorer gave: values, result and lines as they came out. Rows are only ever added."""

    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.PROTECT, related_name="assessments", verbose_name="评价"
    )
    scorer = models.CharField("评价方", max_length=6, choices=Scorer)
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="评价人"
    )
    values = models.JSONField("指标值")
    result = models.JSONField("结果")
    legal_score = models.DecimalField("法律价值", **SCORE)
    technical_score = models.DecimalField("技术价值", **SCORE)
    economic_score = models.DecimalField("经济价值", **SCORE)
    total_score = models.DecimalField("总分", **SCORE)
    opinion = models.TextField("意见", blank=True)
    made_at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "评价得分"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(scorer=Scorer.RULE, assessor__isnull=True)
                | (~Q(scorer=Scorer.RULE) & Q(assessor__isnull=False)),
                name="assessment_by_a_person_or_the_portal",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (Decimal(0), Decimal(100))}),
                    name=f"assessment_{name}_range",
                )
                for name in SCORES
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.get_scorer_display()}"


class ExpertTask(models.Model):
    """An expert, a person with an account here, asked to value a patent."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="tasks", verbose_name="评价")
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evaluation_tasks", verbose_name="专家"
    )
    state = models.CharField("状态", max_length=8, choices=ExpertState, default=ExpertState.ASKED)
    reason = models.CharField("回避原因", max_length=300, blank=True)
    no_conflict_at = models.DateTimeField("声明无利益冲突时间", null=True, blank=True)
    asked_at = models.DateTimeField("指派时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "专家评价任务"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "expert"], name="expert_task_once"),
            models.CheckConstraint(
                condition=~Q(state=ExpertState.DONE) | Q(no_conflict_at__isnull=False),
                name="expert_task_declared_before_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.expert_id}"


class EvidenceQuerySet(models.QuerySet["HighValueEvidence"]):
    def visible_to(self, user: Any) -> "Self":
        """What waits for confirmation: the holder's city and the province; confirmed facts are public."""
        confirmed = Q(state=EvidenceState.CONFIRMED)
        if not user.is_authenticated:
            return self.filter(confirmed)
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(patent__holder__city_code=user.city_code)
        if user.role == Role.HOLDER:
            return self.filter(confirmed | Q(patent__holder_id=user.organisation_id))
        return self.filter(confirmed)


@tracked()
class HighValueEvidence(models.Model):
    """An award, or money lent on a pledge of the patent: what the fourth and fifth kind of high value rest on."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="evidence", verbose_name="专利")
    kind = models.CharField("种类", max_length=20, choices=EvidenceKind)
    name = models.CharField("名称", max_length=200)
    dated_on = models.DateField("日期")
    document = models.CharField("证明文件", max_length=300)
    amount = models.DecimalField("金额（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    source_ref = models.CharField("来源编号", max_length=80, blank=True)
    state = models.CharField("状态", max_length=10, choices=EvidenceState, default=EvidenceState.WAITING)
    review_note = models.CharField("核实意见", max_length=300, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "高价值证明"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["patent", "source_ref"], condition=~Q(source_ref=""), name="evidence_source_once"
            ),
            models.CheckConstraint(
                condition=(Q(kind=EvidenceKind.PLEDGE) & Q(amount__isnull=False, amount__gt=0))
                | (~Q(kind=EvidenceKind.PLEDGE) & Q(amount__isnull=True)),
                name="evidence_pledge_has_amount",
            ),
        ]

    def __str__(self) -> str:
        return self.name
