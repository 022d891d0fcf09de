"""Objections of the public, reexaminations for firms, money taken back and who is barred for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.accounts.models import Organisation
from portal.history import tracked
from subsidies.enums import ObjectionState, ReexaminationState
from subsidies.models.calculations import Calculation
from subsidies.models.claims import YUAN, Claim, person


@tracked(exclude=["contact"])
class Objection(models.Model):
    """What somebody says against a claim while it is published. The name and contact are for the authority only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="objections", verbose_name="申领")
    name = models.CharField("提出人", max_length=50)
    contact = models.CharField("联系方式", max_length=100)
    text = models.TextField("异议内容")
    state = models.CharField("状态", max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    answer = models.CharField("处理意见", max_length=500, blank=True)
    answered_by = person("处理人")
    created_at = models.DateTimeField("提出时间", auto_now_add=True)
    answered_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"对 {self.claim.ref} 的异议"


@tracked()
class Reexamination(models.Model):
    """A firm disputes a result: the calculation it disputes is frozen, another officer decides, within a time."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="reexaminations", verbose_name="申领")
    calculation = models.ForeignKey(
        Calculation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="争议的计算"
    )
    state = models.CharField("状态", max_length=10, choices=ReexaminationState, default=ReexaminationState.OPEN)
    grounds = models.TextField("复核理由")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    requested_at = models.DateTimeField("申请时间", auto_now_add=True)
    due_on = models.DateField("答复期限")
    corrected = models.ForeignKey(
        Calculation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="更正后的计算"
    )
    reasons = models.TextField("复核决定理由", blank=True)
    decided_by = person("复核人")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "复核"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state=ReexaminationState.OPEN), name="reexamination_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=ReexaminationState.OPEN) | ~Q(reasons=""), name="reexamination_has_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"复核 {self.claim.ref}"


@tracked()
class Recovery(models.Model):
    """Money that a firm has to give back."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="recovery", verbose_name="申领")
    amount = models.DecimalField("应追回（元）", **YUAN)
    reason = models.CharField("追回理由", max_length=500)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="决定人"
    )
    decided_on = models.DateField("决定日")
    received_on = models.DateField("收回日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资金追回"
        ordering = ("-id",)
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_positive")]

    def __str__(self) -> str:
        return f"追回 {self.claim.ref}"


class BarQuerySet(models.QuerySet["Bar"]):
    def standing_on(self, day: object) -> "BarQuerySet":
        """Bars whose time has begun and not ended on `day`."""
        return self.filter(from_on__lte=day, until_on__gt=day, lifted_on__isnull=True)


@tracked()
class Bar(models.Model):
    """An organisation that may not claim until `until_on` (山东省专利条例第五十条: five years)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bars", verbose_name="单位")
    from_on = models.DateField("起始日")
    until_on = models.DateField("终止日（不含）")
    reason = models.CharField("原因", max_length=500)
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申领"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="决定人"
    )
    lifted_on = models.DateField("解除日", null=True, blank=True)

    objects = BarQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "禁止申报"
        ordering = ("-id",)
        constraints = [models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="bar_period")]

    def __str__(self) -> str:
        return f"{self.organisation} 至 {self.until_on}"
