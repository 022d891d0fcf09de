"""What institutions offer."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from finance.models.columns import YUAN
from portal.accounts.enums import RegistrationState
from portal.accounts.models import Organisation

if TYPE_CHECKING:
    from typing import Self


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> "Self":
        """Products that a project can be offered to now."""
        return self.filter(is_active=True, institution__state=RegistrationState.APPROVED)


class Product(models.Model):
    """A pledge loan that an institution offers. Empty lists of cities or size classes mean all."""

    institution = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="products", verbose_name="金融机构"
    )
    name = models.CharField("产品名称", max_length=100)
    min_amount = models.DecimalField("最低额度（元）", **YUAN)
    max_amount = models.DecimalField("最高额度（元）", **YUAN)
    max_term_months = models.PositiveSmallIntegerField("最长期限（月）")
    annual_rate = models.DecimalField("参考年利率", max_digits=7, decimal_places=6)
    cities = ArrayField(models.CharField(max_length=6), verbose_name="适用城市", default=list, blank=True)
    size_classes = ArrayField(models.CharField(max_length=6), verbose_name="适用规模", default=list, blank=True)
    is_active = models.BooleanField("在售", default=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "金融产品"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(min_amount__gt=0, max_amount__gte=F("min_amount")), name="product_amount_range"
            ),
            models.CheckConstraint(condition=Q(annual_rate__gte=0, annual_rate__lt=1), name="product_rate_fraction"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.name}"
