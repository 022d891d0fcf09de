"""Needs of firms and the patents matched to them."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from pgvector.django import HalfVectorField

from demand.enums import CooperationWay, DemandState, MatchState
from patents.models import Patent
from patents.vectors.encoders import DIMENSIONS
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.sheets.models import SheetImport

if TYPE_CHECKING:
    from typing import Self


class DemandQuerySet(models.QuerySet["Demand"]):
    def visible_to(self, user: Any) -> "Self":
        """Province all, a city its own, a firm its own, a holder the published ones matched to its patents."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(city_code=user.city_code)
        if user.role == Role.SME:
            return self.filter(organisation_id=user.organisation_id)
        if user.role == Role.HOLDER:
            matched = Match.objects.filter(patent__holder_id=user.organisation_id).values("demand_id")
            return self.filter(state=DemandState.PUBLISHED, pk__in=matched)
        return self.none()


@tracked(exclude=["match_state", "matched_at", "matcher_version"])
class Demand(models.Model):
    """A technical need. One without organisation was collected by a city in a sheet."""

    ref = models.CharField("编号", max_length=20, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="demands", verbose_name="企业"
    )
    city_code = models.CharField("所在市代码", max_length=6, db_index=True)
    title = models.CharField("需求名称", max_length=200)
    description = models.TextField("需求描述")
    target_figures = models.TextField("目标指标", blank=True, help_text="例如：耐温不低于 300 ℃，成本下降 20 %")
    constraints_text = models.TextField("限制条件", blank=True)
    industry_name = models.CharField("所属行业", max_length=200, blank=True)
    cooperation_way = models.CharField("合作方式", max_length=12, choices=CooperationWay, default=CooperationWay.ANY)
    budget_amount = models.DecimalField("预算（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    wanted_by = models.DateField("希望解决时间", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=DemandState, default=DemandState.DRAFT)
    match_state = models.CharField("匹配状态", max_length=14, choices=MatchState, blank=True)
    matched_at = models.DateTimeField("匹配时间", null=True, blank=True)
    matcher_version = models.CharField("匹配算法版本", max_length=20, blank=True)
    review_note = models.CharField("审核意见", max_length=500, blank=True)
    posted_on = models.DateField("提出日期", null=True, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    source_import = models.ForeignKey(
        SheetImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源文件"
    )
    source_row = models.PositiveIntegerField("来源行", null=True, blank=True)
    source_key = models.CharField("来源标识", max_length=64, null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "技术需求"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(source_import__isnull=False), name="demand_has_origin"
            ),
            models.CheckConstraint(
                condition=Q(budget_amount__isnull=True) | Q(budget_amount__gte=0), name="demand_budget_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="demand_organisation"),
            models.Index(fields=["id"], condition=Q(match_state=MatchState.WAITING), name="demand_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("demand:demand", args=[self.ref])


class DemandVector(models.Model):
    """What a need's public text means, kept so that nightly matching need not encode it again."""

    demand = models.OneToOneField(Demand, on_delete=models.CASCADE, primary_key=True, related_name="vector")
    model = models.CharField(max_length=80)
    text_digest = models.CharField(max_length=32)
    embedding = HalfVectorField(dimensions=DIMENSIONS)

    def __str__(self) -> str:
        return f"vector of {self.demand_id}"


class Match(models.Model):
    """A patent that may answer a need: a score that is the sum of its named parts."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="matches", verbose_name="需求")
    patent = models.ForeignKey(Patent, on_delete=models.CASCADE, related_name="matches", verbose_name="专利")
    rank = models.PositiveSmallIntegerField("名次")
    score = models.DecimalField("得分", max_digits=8, decimal_places=4)
    parts = models.JSONField("得分构成")
    words = models.JSONField("匹配词")
    missing = models.JSONField("可补充的事实", default=list)
    version = models.CharField("权重版本", max_length=20, blank=True)
    inputs = models.JSONField("计算依据", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "匹配结果"
        ordering = ("demand_id", "rank")
        constraints = [
            models.UniqueConstraint(fields=["demand", "patent"], name="match_once"),
            models.UniqueConstraint(
                fields=["demand", "rank"], name="match_rank_once", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} #{self.rank}"
