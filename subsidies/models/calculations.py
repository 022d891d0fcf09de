"""Stored calculations."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models

from finance.models import Loan
from portal.policy.models import RuleVersion
from subsidies.enums import CalculationPurpose
from subsidies.models.claims import Claim

if TYPE_CHECKING:
    from typing import Self


class CalculationQuerySet(models.QuerySet["Calculation"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the loan or the claim, except the institution that lent it."""
        if not user.is_authenticated or user.role == "bank":
            return self.none()
        is_own_loan = models.Q(loan__in=Loan.objects.visible_to(user))
        return self.filter(is_own_loan | models.Q(claim__in=Claim.objects.visible_to(user)))


class Calculation(models.Model):
    """A result with the version, the facts and the lines it came from; a new calculation is a new row."""

    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="calculations", verbose_name="贷款", null=True, blank=True
    )
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="calculations", verbose_name="申领", null=True, blank=True
    )
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+", verbose_name="规则版本")
    purpose = models.CharField("性质", max_length=10, choices=CalculationPurpose)
    facts = models.JSONField("计算依据")
    result = models.JSONField("计算结果")
    amount = models.DecimalField("金额（元）", max_digits=16, decimal_places=2, null=True)
    rates_until = models.PositiveBigIntegerField(
        "参考利率截至", help_text="计算时已登记的最后一条参考利率；以后登记的不影响本结果"
    )
    is_payable = models.BooleanField("可支付")
    created_at = models.DateTimeField("计算时间", auto_now_add=True)

    objects = CalculationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补贴计算"
        ordering = ("-id",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.rule.code} #{self.pk}"
