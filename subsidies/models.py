"""Reference rates and stored calculations. Rule versions are in portal.policy."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models

from finance.models import Loan
from portal.policy.models import RuleVersion
from subsidies.enums import CalculationPurpose, RateSeries

if TYPE_CHECKING:
    from typing import Self


class ReferenceRate(models.Model):
    """One published value of a rate series, e.g. the one-year LPR; only ever added.

    `known_until` is the last day for which nothing newer can have been published without being loaded: the day
    before the next value, or the end of the month for the newest one. Past it nothing is computed.
    """

    series = models.CharField("利率", max_length=20, choices=RateSeries, default=RateSeries.LPR_1Y)
    published_on = models.DateField("公布日")
    known_until = models.DateField("确认适用至")
    rate = models.DecimalField("年利率", max_digits=7, decimal_places=6)
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参考利率"
        ordering = ("series", "-published_on")
        constraints = [
            models.UniqueConstraint(fields=["series", "published_on"], name="reference_rate_once"),
            models.CheckConstraint(
                condition=models.Q(known_until__gte=models.F("published_on")), name="reference_rate_period"
            ),
            models.CheckConstraint(condition=models.Q(rate__gte=0, rate__lt=1), name="reference_rate_fraction"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.series} {self.published_on} {self.rate}"


class CalculationQuerySet(models.QuerySet["Calculation"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the loan, except the institution that lent it."""
        if not user.is_authenticated or user.role == "bank":
            return self.none()
        return self.filter(loan__in=Loan.objects.visible_to(user))


class Calculation(models.Model):
    """A result with the version, the facts and the lines it came from; a new calculation is a new row."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="calculations", verbose_name="贷款")
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
        return f"{self.loan} {self.rule.code}"
