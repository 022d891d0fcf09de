"""Needs of firms and the patents matched to them."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from pgvector.django import HalfVectorField

from demand.enums import (
    Comparison,
    CooperationWay,
    DemandState,
    MatchState,
    Outcome,
    StrategicIndustry,
    WatchKind,
)
from demand.models.watches import Watch
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
        """Province all, a city its own, a firm its own.

        A holder those published that are matched to its patents, that it has answered, that are in a field it
        watches, and the open difficulties, which everybody sees on their own list (it is invited to answer those).
        """
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(city_code=user.city_code)
        if user.role == Role.SME:
            return self.filter(organisation_id=user.organisation_id)
        if user.role == Role.HOLDER:
            # Subqueries, not joins: rows of this queryset are locked by services.
            matched = Demand.objects.filter(matches__patent__holder_id=user.organisation_id).values("pk")
            answered = Demand.objects.filter(interests__holder_id=user.organisation_id).values("pk")
            fields = Watch.objects.filter(organisation_id=user.organisation_id, kind=WatchKind.FIELD)
            is_watched = Q(ipc_codes__overlap=fields.values_list("ipc_code"))
            is_open = Q(match_state=MatchState.NO_GOOD_MATCH) | Q(pk__in=matched) | Q(pk__in=answered) | is_watched
            return self.filter(is_open, state=DemandState.PUBLISHED)
        return self.none()

    def difficulties(self) -> "Self":
        """Published needs that the pool has no good answer to: everybody may read their public parts."""
        return self.filter(state=DemandState.PUBLISHED, match_state=MatchState.NO_GOOD_MATCH)


@tracked(
    exclude=[
        "match_state",
        "matched_at",
        "matcher_version",
        "search_tokens",
        "reminded_for",
        "good_match_since",
        "contacted_at",
    ]
)
class Demand(models.Model):
    """A technical need. One without organisation was collected by a city in a sheet."""

    ref = models.CharField("编号", max_length=20, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="demands", verbose_name="企业"
    )
    city_code = models.CharField("所在市代码", max_length=6, db_index=True)
    title = models.CharField("需求名称", max_length=200)
    description = models.TextField("需求描述")
    object_text = models.CharField("对象或工艺", max_length=200, blank=True, db_default="")
    target_figures = models.TextField("目标指标", blank=True, help_text="例如：耐温不低于 300 ℃，成本下降 20 %")
    constraints_text = models.TextField("限制条件", blank=True)
    tried_text = models.TextField("已尝试的办法", blank=True, db_default="")
    secret_text = models.TextField("保密说明", blank=True, db_default="")
    industry_code = models.CharField("国民经济行业代码", max_length=5, blank=True, db_default="")
    industry_name = models.CharField("所属行业", max_length=200, blank=True)
    sei_code = models.CharField("战略性新兴产业", max_length=1, choices=StrategicIndustry, blank=True, db_default="")
    ipc_codes = ArrayField(
        models.CharField(max_length=4), verbose_name="技术领域（IPC 小类）", default=list, db_default=[], blank=True
    )
    cooperation_way = models.CharField("合作方式", max_length=12, choices=CooperationWay, default=CooperationWay.ANY)
    budget_amount = models.DecimalField("预算（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    wanted_by = models.DateField("希望解决时间", null=True, blank=True)
    # Part to who may read it; a part that is not here follows DEFAULT_DISCLOSURE.
    disclosure = models.JSONField("公开范围", default=dict, db_default={}, blank=True)
    state = models.CharField("状态", max_length=10, choices=DemandState, default=DemandState.DRAFT)
    match_state = models.CharField("匹配状态", max_length=14, choices=MatchState, blank=True)
    matched_at = models.DateTimeField("匹配时间", null=True, blank=True)
    matcher_version = models.CharField("匹配算法版本", max_length=20, blank=True)
    review_note = models.CharField("审核意见", max_length=500, blank=True)
    posted_on = models.DateField("提出日期", null=True, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    expires_on = models.DateField("到期日", null=True, blank=True)
    reminded_for = models.DateField("已提醒的到期日", null=True, blank=True)
    # A firm changed it after the review: it stays published, its city looks again.
    is_recheck_due = models.BooleanField("发布后有修改，待复核", default=False, db_default=False)
    closed_on = models.DateField("结束日期", null=True, blank=True)
    outcome = models.CharField("结果", max_length=16, choices=Outcome, blank=True, db_default="")
    outcome_note = models.CharField("结果说明", max_length=500, blank=True, db_default="")
    outcome_patent = models.ForeignKey(
        Patent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name="解决需求的专利",
    )  # fmt: skip
    # Instants that the board of quality counts by.
    good_match_since = models.DateTimeField("有合适专利的时间", null=True, blank=True)
    contacted_at = models.DateTimeField("首次对接时间", null=True, blank=True)
    # Of the public parts only: patents find the needs that they may answer by it.
    search_tokens = SearchVectorField("检索词", editable=False, null=True)
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
            models.CheckConstraint(
                condition=Q(outcome="") | Q(state=DemandState.CLOSED), name="demand_outcome_when_closed"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="demand_organisation"),
            models.Index(fields=["id"], condition=Q(match_state=MatchState.WAITING), name="demand_waiting"),
            models.Index(fields=["expires_on"], condition=Q(state=DemandState.PUBLISHED), name="demand_running"),
            GinIndex(fields=["search_tokens"], name="demand_search_tokens"),
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


class TargetFigure(models.Model):
    """One figure that the answer must reach: quantity, comparison, value, unit."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="figures", verbose_name="需求")
    place = models.PositiveSmallIntegerField("次序")
    quantity = models.CharField("指标", max_length=60)
    comparison = models.CharField("要求", max_length=4, choices=Comparison)
    value = models.DecimalField("数值", max_digits=18, decimal_places=6)
    unit = models.CharField("单位", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目标指标"
        ordering = ("demand", "place")
        constraints = [models.UniqueConstraint(fields=["demand", "place"], name="targetfigure_place_once")]

    def __str__(self) -> str:
        """`耐温不低于 300 ℃`."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.quantity}{self.get_comparison_display()} {self.value.normalize():f}{unit}"


class Release(models.Model):
    """A firm lets one holder read the parts that are not public."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="releases", verbose_name="需求")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="权利人")
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="同意人"
    )
    released_at = models.DateTimeField("同意时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "保密内容公开"
        constraints = [models.UniqueConstraint(fields=["demand", "holder"], name="release_once")]

    def __str__(self) -> str:
        return f"{self.demand_id} → {self.holder_id}"


class IndustryClass(models.Model):
    """A place of 国民经济行业分类 (GB/T 4754), as the operator's list has it."""

    code = models.CharField("代码", max_length=5, primary_key=True)
    name = models.CharField("名称", max_length=120)
    parent_code = models.CharField("上级代码", max_length=5, blank=True)
    level = models.PositiveSmallIntegerField("层级")

    class Meta:
        verbose_name = verbose_name_plural = "国民经济行业"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


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
