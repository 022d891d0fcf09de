"""Reference rates. Rule versions are in portal.policy."""

import pgtrigger
from django.db import models

from subsidies.enums import RateSeries


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
