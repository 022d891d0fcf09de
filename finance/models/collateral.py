"""Values of pledged patents, and what happened to a loan's cover."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from finance.enums import Severity, ValuationMethod
from finance.models.columns import YUAN
from finance.models.loans import Loan
from finance.models.projects import ProjectPatent
from patents.models import LegalEvent
from portal.policy.models import RuleVersion

if TYPE_CHECKING:
    from typing import Self


class Valuation(models.Model):
    """What somebody says that a pledged patent is worth, for a time; only ever added, the newest counts."""

    pledged = models.ForeignKey(
        ProjectPatent, on_delete=models.PROTECT, related_name="valuations", verbose_name="质押专利"
    )
    amount = models.DecimalField("评估价值（元）", **YUAN)
    method = models.CharField("评估方法", max_length=10, choices=ValuationMethod)
    valuer = models.CharField("评估机构", max_length=200)
    valued_on = models.DateField("评估基准日")
    valid_until = models.DateField("有效期至")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "专利评估"
        ordering = ("-valued_on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="valuation_positive"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valued_on")), name="valuation_period"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.pledged_id} {self.amount}"


class CoverAlertQuerySet(models.QuerySet["CoverAlert"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the loan."""
        return self.filter(loan__in=Loan.objects.visible_to(user))


class CoverAlert(models.Model):
    """A change of a loan's cover: before, after, why, and whether the bank has taken note."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="alerts", verbose_name="贷款")
    severity = models.CharField("等级", max_length=10, choices=Severity)
    cause = models.CharField("原因", max_length=300)
    legal_event = models.ForeignKey(
        LegalEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="法律事件"
    )
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+", verbose_name="折扣表版本")
    ratio_before = models.DecimalField("此前覆盖率", max_digits=12, decimal_places=4, null=True)
    ratio_after = models.DecimalField("此后覆盖率", max_digits=12, decimal_places=4, null=True)
    balance = models.DecimalField("当时本金余额（元）", **YUAN)
    lines = models.JSONField("计算明细")
    at = models.DateTimeField("时间", auto_now_add=True)
    acknowledged_at = models.DateTimeField("银行确认时间", null=True, blank=True)
    acknowledged_note = models.CharField("银行确认说明", max_length=500, blank=True)

    objects = CoverAlertQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "质押物预警"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "legal_event"], condition=Q(legal_event__isnull=False), name="cover_alert_once"
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="facts_stand",
                fields=["loan", "severity", "cause", "legal_event", "rule", "ratio_before", "ratio_after", "lines"],
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.cause}"
