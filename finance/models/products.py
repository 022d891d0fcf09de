"""What institutions offer, and the lines of credit they opened for a group of firms."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from finance.enums import LoanState, PaperKind, RightKind
from finance.models.columns import YUAN
from portal.accounts.enums import RegistrationState, Role, SizeClass
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.regions import CITIES

if TYPE_CHECKING:
    from typing import Self


class CreditLineQuerySet(models.QuerySet["CreditLine"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance department all, a city those open to it."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        if user.role == Role.CITY:
            return self.filter(Q(cities=[]) | Q(cities__contains=[user.city_code]))
        return self.none()

    def with_use(self) -> "Self":
        """Each with `used`, in yuan: what is owed under a line that fills up again, what was lent under another."""
        from finance.models.loans import Loan  # the other way round it is a column

        counted = Case(
            When(credit_line__is_revolving=True, then=F("balance")), default=F("principal"), output_field=_MONEY
        )
        lent = (
            Loan.objects.filter(credit_line=OuterRef("pk"))
            .exclude(credit_line__is_revolving=True, state=LoanState.CLOSED)
            .order_by()
            .values("credit_line")
            .annotate(total=Sum(counted))
        )
        nothing = Value(Decimal("0.00"), output_field=_MONEY)
        return self.annotate(used=Coalesce(Subquery(lent.values("total"), output_field=_MONEY), nothing))


_MONEY = DecimalField(**YUAN)


@tracked()
class CreditLine(models.Model):
    """An amount that an institution set aside for the firms of a park, a city or a list. No cities: the province."""

    used: Decimal  # filled by `with_use`

    institution = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="credit_lines", verbose_name="金融机构"
    )
    name = models.CharField("名称", max_length=100)
    agreement = models.CharField("协议文号", max_length=100)
    total = models.DecimalField("授信总额（元）", **YUAN)
    per_firm = models.DecimalField("单户限额（元）", null=True, blank=True, **YUAN)
    is_revolving = models.BooleanField("循环使用", default=True, help_text="归还后额度恢复")
    cities = ArrayField(
        models.CharField(max_length=6, choices=list(CITIES.items())), verbose_name="适用城市", default=list, blank=True
    )
    open_from = models.DateField("有效期自")
    open_until = models.DateField("有效期至")

    objects = CreditLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "集合授信"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["institution", "agreement"], name="credit_line_once"),
            models.CheckConstraint(condition=Q(total__gt=0), name="credit_line_positive"),
            models.CheckConstraint(
                condition=Q(per_firm__isnull=True) | Q(per_firm__gt=0, per_firm__lte=F("total")),
                name="credit_line_per_firm",
            ),
            models.CheckConstraint(condition=Q(open_until__gte=F("open_from")), name="credit_line_period"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.name}"

    @property
    def rest(self) -> Decimal:
        """What is left, in yuan; never below zero, however much was lent beyond the line. Needs `with_use`."""
        return max(self.total - self.used, Decimal("0.00"))


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> "Self":
        """Products that a project can be offered to now."""
        return self.filter(is_active=True, institution__state=RegistrationState.APPROVED)


@tracked()
class Product(models.Model):
    """A pledge loan that an institution offers. Empty lists of kinds, cities or size classes mean all."""

    institution = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="products", verbose_name="金融机构"
    )
    name = models.CharField("产品名称", max_length=100)
    min_amount = models.DecimalField("最低额度（元）", **YUAN)
    max_amount = models.DecimalField("最高额度（元）", **YUAN)
    max_term_months = models.PositiveSmallIntegerField("最长期限（月）")
    annual_rate = models.DecimalField("参考年利率", max_digits=7, decimal_places=6)
    right_kinds = ArrayField(
        models.CharField(max_length=20, choices=RightKind),
        verbose_name="可质押的知识产权",
        default=list,
        blank=True,
        db_default=[],
    )
    max_pledge_ratio = models.DecimalField(
        "最高质押率",
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.0001")), MaxValueValidator(Decimal(1))],
        help_text="贷款金额与质押物评估价值之比，小数，例如 0.6；不填为不限",
    )
    papers = ArrayField(
        models.CharField(max_length=20, choices=PaperKind),
        verbose_name="所需材料",
        default=list,
        blank=True,
        db_default=[],
    )
    cities = ArrayField(
        models.CharField(max_length=6, choices=list(CITIES.items())), verbose_name="适用城市", default=list, blank=True
    )
    size_classes = ArrayField(
        models.CharField(max_length=6, choices=SizeClass), verbose_name="适用规模", default=list, blank=True
    )
    credit_line = models.ForeignKey(
        CreditLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name="所属集合授信",
    )
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
            models.CheckConstraint(
                condition=Q(max_pledge_ratio__isnull=True) | Q(max_pledge_ratio__gt=0, max_pledge_ratio__lte=1),
                name="product_pledge_ratio_fraction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.name}"
