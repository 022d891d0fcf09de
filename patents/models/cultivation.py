"""Cultivation of high-value patents: calls, applications, expert reviews, centres with grant and yearly check."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from patents.enums.cultivation import (
    ApplicantKind,
    ApplicationState,
    CallState,
    CentreState,
    CheckState,
    ReviewState,
)
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.policy.models import RuleVersion

if TYPE_CHECKING:
    from typing import Self

YUAN: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


class CultivationCallQuerySet(models.QuerySet["CultivationCall"]):
    def visible_to(self, user: Any) -> "Self":
        """Everybody sees published calls, the province its drafts too."""
        if user.is_authenticated and user.role == Role.PROVINCE:
            return self
        return self.exclude(state=CallState.DRAFT)


@tracked()
class CultivationCall(models.Model):
    """A round in which centres can be applied for. Criteria are those of the rule in force when it was published."""

    ref = models.CharField("申报批次", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=200)
    document_number = models.CharField("文号", max_length=100, blank=True)
    opens_on = models.DateField("申报开始日")
    closes_on = models.DateField("申报截止日")
    quota = models.PositiveSmallIntegerField("认定名额")
    conditions = models.TextField("申报条件")
    criteria = models.JSONField("评审指标", default=list, blank=True)
    min_experts = models.PositiveSmallIntegerField("最少专家人数", default=3)
    spread_warning = models.PositiveSmallIntegerField("分歧提示（分）", default=20)
    state = models.CharField("状态", max_length=10, choices=CallState, default=CallState.DRAFT, db_index=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = CultivationCallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培育中心申报批次"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="cultivation_call_period"),
            models.CheckConstraint(condition=Q(quota__gt=0), name="cultivation_call_quota_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("patents:centre_call", args=[self.ref])


class CentreApplicationQuerySet(models.QuerySet["CentreApplication"]):
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
            judged = CentreReview.objects.filter(expert=user).exclude(state=ReviewState.DECLINED)
            return self.filter(Q(organisation_id=user.organisation_id) | Q(pk__in=judged.values("application_id")))
        return self.none()

    def own(self, user: Any) -> "Self":
        """Those of the organisation that `user` acts for."""
        if not user.is_authenticated or user.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=user.organisation_id)


@tracked()
class CentreApplication(models.Model):
    """An organisation's wish to be recognised as a centre, once in a call."""

    ref = models.CharField("申报编号", max_length=20, unique=True)
    call = models.ForeignKey(
        CultivationCall, on_delete=models.PROTECT, related_name="applications", verbose_name="申报批次"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="centre_applications", verbose_name="申报单位"
    )
    applicant_kind = models.CharField("单位类别", max_length=12, choices=ApplicantKind)
    name = models.CharField("中心名称", max_length=200)
    technical_field = models.CharField("技术领域", max_length=200)
    leader_name = models.CharField("负责人", max_length=50)
    team_names = models.CharField("团队成员", max_length=600, blank=True)
    partner_names = models.CharField("合作单位", max_length=600, blank=True)
    basis = models.TextField("工作基础")
    plan = models.TextField("培育方案")
    high_value_target = models.PositiveSmallIntegerField("培育期内高价值发明专利目标（件）")
    transfer_target = models.PositiveSmallIntegerField("培育期内转化目标（件）")
    state = models.CharField(
        "状态", max_length=15, choices=ApplicationState, default=ApplicationState.DRAFT, db_index=True
    )
    note = models.CharField("审查意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = CentreApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培育中心申报"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["call", "organisation"],
                condition=~Q(state=ApplicationState.WITHDRAWN),
                name="centre_application_once_in_call",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("patents:centre_application", args=[self.ref])


class CentreReviewQuerySet(models.QuerySet["CentreReview"]):
    def visible_to(self, user: Any) -> "Self":
        """An expert sees his own review alone; the province all."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        return self.filter(expert=user)


@tracked()
class CentreReview(models.Model):
    """One expert's judgement of one application, made alone."""

    application = models.ForeignKey(
        CentreApplication, on_delete=models.PROTECT, related_name="reviews", verbose_name="申报"
    )
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="centre_reviews", verbose_name="专家"
    )
    state = models.CharField("状态", max_length=10, choices=ReviewState, default=ReviewState.ASSIGNED)
    no_conflict_at = models.DateTimeField("声明无利益冲突时间", null=True, blank=True)
    scores = models.JSONField("分项得分", default=dict, blank=True)
    total = models.PositiveSmallIntegerField("总分", null=True, blank=True)
    comment = models.TextField("评审意见", blank=True)
    decline_reason = models.CharField("回避理由", max_length=300, blank=True)
    assigned_at = models.DateTimeField("指派时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = CentreReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专家评审"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["application", "expert"], name="centre_review_once_per_expert"),
            models.CheckConstraint(
                condition=~Q(state=ReviewState.SCORED) | Q(total__isnull=False, no_conflict_at__isnull=False),
                name="centre_review_scored_without_conflict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.expert_id}"

    def get_absolute_url(self) -> str:
        return reverse("patents:centre_review", args=[self.pk])


class CentreQuerySet(models.QuerySet["Centre"]):
    def visible_to(self, user: Any) -> "Self":
        """Recognised centres are public."""
        return self

    def valid_on(self, day: Any) -> "Self":
        """Those whose recognition stands on `day`."""
        return self.filter(recognised_on__lte=day, valid_until__gte=day).filter(
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
        )


@tracked()
class Centre(models.Model):
    """A recognised centre. `valid_until` is its last day; renewal moves it."""

    number = models.CharField("认定编号", max_length=20, unique=True)
    application = models.OneToOneField(
        CentreApplication, on_delete=models.PROTECT, related_name="centre", verbose_name="申报"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="centres", verbose_name="承建单位"
    )
    name = models.CharField("中心名称", max_length=200)
    technical_field = models.CharField("技术领域", max_length=200)
    document_number = models.CharField("认定文号", max_length=100)
    recognised_on = models.DateField("认定日", db_index=True)
    valid_until = models.DateField("有效期至")
    renewed_on = models.DateField("最近续期日", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=CentreState, default=CentreState.RECOGNISED)
    revoked_on = models.DateField("撤销日", null=True, blank=True)
    revoke_reason = models.CharField("撤销理由", max_length=500, blank=True)

    objects = CentreQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "高价值专利培育中心"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gt=F("recognised_on")), name="centre_validity"),
            models.CheckConstraint(
                condition=Q(state=CentreState.RECOGNISED, revoked_on__isnull=True)
                | (Q(state=CentreState.REVOKED, revoked_on__isnull=False) & ~Q(revoke_reason="")),
                name="centre_revoked_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("patents:centre", args=[self.number])


class GrantQuerySet(models.QuerySet["CentreGrant"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance all, a city its own, an organisation its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        if user.role == Role.CITY:
            return self.filter(centre__organisation__city_code=user.city_code)
        return self.filter(centre__organisation_id=user.organisation_id)


@tracked()
class CentreGrant(models.Model):
    """Money for a centre, once, within the ceiling of the rule in force on the day of recognition."""

    centre = models.OneToOneField(Centre, on_delete=models.PROTECT, related_name="grant", verbose_name="中心")
    amount = models.DecimalField("支持金额（元）", **YUAN)
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+", verbose_name="适用规则")
    approved_on = models.DateField("批准日")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="批准人"
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培育中心经费"
        ordering = ("-id",)
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="centre_grant_positive")]

    def __str__(self) -> str:
        return f"{self.centre.number} {self.amount}"


@tracked()
class GrantInstalment(models.Model):
    """One part of a grant."""

    grant = models.ForeignKey(CentreGrant, on_delete=models.PROTECT, related_name="instalments", verbose_name="经费")
    place = models.PositiveSmallIntegerField("期次")
    amount = models.DecimalField("金额（元）", **YUAN)
    condition = models.CharField("拨付条件", max_length=200)
    paid_on = models.DateField("拨付日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分期拨付"
        ordering = ("grant", "place")
        constraints = [
            models.UniqueConstraint(fields=["grant", "place"], name="grant_instalment_place"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="grant_instalment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} 第{self.place}期"


class CentreCheckQuerySet(models.QuerySet["CentreCheck"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance all, a city its own, an organisation its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        if user.role == Role.CITY:
            return self.filter(centre__organisation__city_code=user.city_code)
        return self.filter(centre__organisation_id=user.organisation_id)


@tracked()
class CentreCheck(models.Model):
    """What a centre did in one year, and whether that was enough."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="checks", verbose_name="中心")
    year = models.PositiveSmallIntegerField("年度")
    filed_count = models.PositiveIntegerField("申请发明专利（件）")
    high_value_count = models.PositiveIntegerField("形成高价值发明专利（件）")
    transferred_count = models.PositiveIntegerField("转化专利（件）")
    income_amount = models.DecimalField("转化到账金额（元）", **YUAN)
    spent_amount = models.DecimalField("使用经费（元）", **YUAN)
    summary = models.TextField("年度工作情况")
    state = models.CharField("状态", max_length=12, choices=CheckState, default=CheckState.SUBMITTED)
    note = models.CharField("核查意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间")
    decided_at = models.DateTimeField("核查时间", null=True, blank=True)

    objects = CentreCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培育中心年度核查"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["centre", "year"], name="centre_check_once_a_year"),
            models.CheckConstraint(
                condition=Q(income_amount__gte=0, spent_amount__gte=0), name="centre_check_amounts_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id} {self.year}"
