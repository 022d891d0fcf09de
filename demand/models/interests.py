"""What the two sides say to a match: interest, refusal with reasons, and what became of it."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from demand.enums import AdviserState, InterestState, JudgementSource, MaturityState, RefusalReason, Side
from demand.models.needs import Demand
from patents.models import Patent
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class InterestQuerySet(models.QuerySet["Interest"]):
    def visible_to(self, user: Any) -> "Self":
        """Province all, a city those of its needs, firm and holder those that they are a side of."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(demand__city_code=user.city_code)
        if user.role == Role.SME:
            return self.filter(demand__organisation_id=user.organisation_id)
        if user.role == Role.HOLDER:
            return self.filter(holder_id=user.organisation_id)
        return self.none()


class AdviserRequestQuerySet(models.QuerySet["AdviserRequest"]):
    def visible_to(self, user: Any) -> "Self":
        """Province all, a city and a firm those of their needs."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(demand__city_code=user.city_code)
        if user.role == Role.SME:
            return self.filter(demand__organisation_id=user.organisation_id)
        return self.none()


@tracked()
class Interest(models.Model):
    """One side wants to talk about a patent for a need; the deal that follows is `patents`' own."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="interests", verbose_name="需求")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="+", verbose_name="专利")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="权利人")
    side = models.CharField("提出方", max_length=6, choices=Side)
    message = models.CharField("说明", max_length=1000)
    state = models.CharField("状态", max_length=9, choices=InterestState, default=InterestState.OPEN)
    deal_ref = models.CharField("交易编号", max_length=20, blank=True)
    adviser_name = models.CharField("对接顾问", max_length=50, blank=True)
    adviser_phone = models.CharField("顾问电话", max_length=30, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="提出人"
    )
    made_at = models.DateTimeField("提出时间", auto_now_add=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对接意向"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "patent"],
                condition=Q(state__in=[InterestState.OPEN, InterestState.ACCEPTED]),
                name="interest_one_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand.ref} {self.get_side_display()}"


class Refusal(models.Model):
    """A side's "no" to a patent for a need, with its reasons; the newest of each side counts."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="refusals", verbose_name="需求")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="refusals", verbose_name="专利")
    side = models.CharField("提出方", max_length=6, choices=Side)
    reasons = ArrayField(models.CharField(max_length=16, choices=RefusalReason), verbose_name="原因")
    note = models.CharField("说明", max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="提出人"
    )
    made_at = models.DateTimeField("提出时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "不合适的原因"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["demand", "patent", "side"], name="refusal_once"),
            models.CheckConstraint(condition=~Q(reasons=[]), name="refusal_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.patent_id}"

    @property
    def reason_labels(self) -> list[str]:
        return [RefusalReason(code).label for code in self.reasons]


class AdviserRequest(models.Model):
    """A firm asks its city for somebody who helps with a need, or with one patent for it."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="adviser_requests", verbose_name="需求")
    patent = models.ForeignKey(
        Patent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="专利"
    )
    message = models.CharField("希望得到的帮助", max_length=1000)
    state = models.CharField("状态", max_length=8, choices=AdviserState, default=AdviserState.OPEN)
    adviser_name = models.CharField("顾问姓名", max_length=50, blank=True)
    adviser_phone = models.CharField("顾问电话", max_length=30, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="提出人"
    )
    made_at = models.DateTimeField("提出时间", auto_now_add=True)
    arranged_at = models.DateTimeField("安排时间", null=True, blank=True)

    objects = AdviserRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "顾问请求"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["demand"], condition=Q(state=AdviserState.OPEN), name="adviserrequest_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand.ref} 顾问请求"


class MaturityCase(models.Model):
    """A patent that several firms found too early: somebody should help it to grow."""

    patent = models.OneToOneField(Patent, on_delete=models.PROTECT, related_name="maturity_case", verbose_name="专利")
    firm_count = models.PositiveSmallIntegerField("认为尚早的企业（家）")
    state = models.CharField("状态", max_length=8, choices=MaturityState, default=MaturityState.OPEN)
    note = models.CharField("处理情况", max_length=500, blank=True)
    opened_at = models.DateTimeField("列入时间", auto_now_add=True)
    handled_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "成熟度培育清单"
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(self.patent)


class Invitation(models.Model):
    """The inventors of a patent near a need without a good match were asked for an answer."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="invitations", verbose_name="需求")
    patent = models.ForeignKey(Patent, on_delete=models.CASCADE, related_name="+", verbose_name="专利")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="权利人")
    sent_at = models.DateTimeField("邀请时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "发明人邀请"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["demand", "holder"], name="invitation_once")]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.patent_id}"


class Judgement(models.Model):
    """How well a patent answered a need, from what the two sides did; the newest statement stands."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="judgements", verbose_name="需求")
    patent = models.ForeignKey(Patent, on_delete=models.CASCADE, related_name="+", verbose_name="专利")
    grade = models.PositiveSmallIntegerField("等级（0-3）")
    source = models.CharField("依据", max_length=8, choices=JudgementSource)
    # The match that was judged, as it stood then (version, rank, score, parts, inputs): a later version replaces matches.
    matched = models.JSONField("判断时的匹配", default=dict, db_default={})
    made_at = models.DateTimeField("时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "匹配质量判断"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["demand", "patent"], name="judgement_once"),
            models.CheckConstraint(condition=Q(grade__range=(0, 3)), name="judgement_grade"),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.patent_id}: {self.grade}"
