"""Patent products (专利产品备案): what a firm makes or sells of its patents, year by year (RULES section 10)."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from patents.enums import PatentKind
from patents.models import Patent
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.policy.models import RuleVersion
from stats.enums.products import (
    FirmPart,
    IntensiveState,
    PatentBasis,
    PatentFinding,
    PatentPart,
    ProductState,
    YearState,
)

if TYPE_CHECKING:
    from typing import Self

YUAN: dict[str, Any] = {"max_digits": 18, "decimal_places": 2}


def seen_by(user: Any, *, prefix: str = "") -> Q:
    """Province and finance what was handed in, a city its own, a firm its own; nothing for anybody else."""
    nobody = Q(pk__in=[])
    if not user.is_authenticated:
        return nobody
    handed_in = ~Q(**{f"{prefix}state": ProductState.DRAFT})
    if user.role in (Role.PROVINCE, Role.FINANCE):
        return handed_in
    if user.role == Role.CITY:
        return handed_in & Q(**{f"{prefix}city_code": user.city_code})
    if user.role in (Role.SME, Role.HOLDER):
        return Q(**{f"{prefix}organisation_id": user.organisation_id})
    return nobody


class PatentProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance what was handed in, a city its own, a firm its own."""
        return self.filter(seen_by(user))

    def certified(self) -> "Self":
        """Those that the public may check: filed, also when cancelled later."""
        return self.filter(filed_on__isnull=False)


@tracked()
class Product(models.Model):
    """A product whose main patents the firm owns or is licensed. City, size and industry are those at submission."""

    ref = models.CharField("备案编号", max_length=20, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="patent_products", verbose_name="企业"
    )
    city_code = models.CharField("所在市代码", max_length=6, db_index=True)
    size_class = models.CharField("企业规模", max_length=6, blank=True)
    part = models.CharField("企业身份", max_length=6, choices=FirmPart)
    name = models.CharField("产品名称", max_length=200)
    model_number = models.CharField("型号规格", max_length=100)
    brand = models.CharField("品牌（商标）", max_length=100, blank=True)
    industry_code = models.CharField("国民经济行业代码", max_length=5)
    sei_code = models.CharField("战略性新兴产业", max_length=20, blank=True)
    first_sold_on = models.DateField("首次销售日")
    description = models.TextField("专利在产品中的作用")
    contact_name = models.CharField("联系人", max_length=50)
    contact_phone = models.CharField("联系电话", max_length=30)
    state = models.CharField("状态", max_length=12, choices=ProductState, default=ProductState.DRAFT)
    note = models.CharField("审核意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    filed_on = models.DateField("备案日", null=True, blank=True)
    cancelled_on = models.DateField("注销日", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = PatentProductQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利产品备案"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name", "model_number"],
                condition=~Q(state__in=[ProductState.WITHDRAWN, ProductState.REFUSED, ProductState.CANCELLED]),
                name="product_once_per_model",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ProductState.FILED, ProductState.CANCELLED]) | Q(filed_on__isnull=False),
                name="product_filed_with_day",
            ),
            models.CheckConstraint(
                condition=Q(state=ProductState.CANCELLED, cancelled_on__isnull=False)
                | (~Q(state=ProductState.CANCELLED) & Q(cancelled_on__isnull=True)),
                name="product_cancelled_with_day",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="product_state"),
            models.Index(fields=["filed_on", "city_code"], name="product_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("stats:product", args=[self.ref])


@tracked()
class ProductPatent(models.Model):
    """A main patent of a product, as the firm names it, and what the pool said when it was last asked."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="patents", verbose_name="专利产品")
    number = models.CharField("申请号", max_length=12)
    check_digit = models.CharField("校验位", max_length=1)
    patent = models.ForeignKey(
        Patent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="专利库"
    )
    kind = models.CharField("类型", max_length=14, choices=PatentKind)
    title = models.CharField("专利名称", max_length=400)
    basis = models.CharField("权利来源", max_length=8, choices=PatentBasis)
    part = models.CharField("在产品中的作用", max_length=12, choices=PatentPart)
    finding = models.CharField("核对结果", max_length=16, choices=PatentFinding)
    checked_at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = verbose_name_plural = "产品专利"
        ordering = ("product", "id")
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="productpatent_once"),
            models.CheckConstraint(condition=Q(number__regex=r"^(\d{8}|\d{12})$"), name="productpatent_number_form"),
        ]

    def __str__(self) -> str:
        return f"{self.display_number} {self.title}"

    @property
    def display_number(self) -> str:
        """The number as people write it."""
        return f"{self.number}.{self.check_digit}"


class ProductYearQuerySet(models.QuerySet["ProductYear"]):
    def visible_to(self, user: Any) -> "Self":
        """As the product."""
        return self.filter(seen_by(user, prefix="product__"))


@tracked()
class ProductYear(models.Model):
    """What a product brought in one calendar year, in yuan; `patent_share` is the part of revenue owed to patents."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="years", verbose_name="专利产品")
    year = models.PositiveSmallIntegerField("年度")
    unit_count = models.PositiveBigIntegerField("销售数量")
    unit_name = models.CharField("计量单位", max_length=10)
    revenue_amount = models.DecimalField("销售收入（元）", **YUAN)
    profit_amount = models.DecimalField("利润（元）", **YUAN)
    tax_amount = models.DecimalField("税收（元）", **YUAN)
    export_amount = models.DecimalField("出口额（元）", **YUAN)
    rd_amount = models.DecimalField("研发投入（元）", **YUAN)
    patent_share = models.DecimalField("归功于专利的收入占比", max_digits=7, decimal_places=6)
    confirmed_jump = models.CharField("与上年差异的说明", max_length=300, blank=True)
    state = models.CharField("状态", max_length=12, choices=YearState)
    note = models.CharField("审核意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间")

    objects = ProductYearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利产品年度数据"
        ordering = ("-year", "-id")
        constraints = [
            models.UniqueConstraint(fields=["product", "year"], name="productyear_once"),
            models.CheckConstraint(
                condition=Q(revenue_amount__gte=0, tax_amount__gte=0, export_amount__gte=0, rd_amount__gte=0),
                name="productyear_amounts_not_negative",
            ),
            models.CheckConstraint(condition=Q(export_amount__lte=F("revenue_amount")), name="productyear_export"),
            models.CheckConstraint(condition=Q(patent_share__gte=0, patent_share__lte=1), name="productyear_share"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="productyear_state")]

    def __str__(self) -> str:
        return f"{self.product} {self.year} 年"


class IntensiveProductQuerySet(models.QuerySet["IntensiveProduct"]):
    def visible_to(self, user: Any) -> "Self":
        """As the product."""
        return self.filter(seen_by(user, prefix="product__"))

    def certified(self) -> "Self":
        """Those that the public may check: recognised, also when revoked later."""
        return self.filter(recognised_on__isnull=False)

    def valid_on(self, day: Any) -> "Self":
        """Recognitions that stand on `day`."""
        return self.filter(recognised_on__lte=day, valid_until__gte=day).filter(
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
        )


@tracked()
class IntensiveProduct(models.Model):
    """The recognition of a filed product as patent-intensive product, under the method in force at its submission."""

    ref = models.CharField("认定编号", max_length=20, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="recognitions", verbose_name="专利产品")
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+", verbose_name="评价方法")
    year = models.PositiveSmallIntegerField("评价年度")
    statement = models.TextField("专利密集型产品评价说明")
    state = models.CharField("状态", max_length=14, choices=IntensiveState, default=IntensiveState.SUBMITTED)
    note = models.CharField("审查意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间")
    document_number = models.CharField("认定文号", max_length=100, blank=True)
    recognised_on = models.DateField("认定日", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    revoked_on = models.DateField("撤销日", null=True, blank=True)

    objects = IntensiveProductQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利密集型产品认定"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(state__in=[IntensiveState.SUBMITTED, IntensiveState.RETURNED]),
                name="intensive_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[IntensiveState.RECOGNISED, IntensiveState.REVOKED])
                | (Q(recognised_on__isnull=False, valid_until__gt=F("recognised_on")) & ~Q(document_number="")),
                name="intensive_recognised_with_document",
            ),
            models.CheckConstraint(
                condition=~Q(state=IntensiveState.REVOKED) | (Q(revoked_on__isnull=False) & ~Q(note="")),
                name="intensive_revoked_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="intensive_state")]

    def __str__(self) -> str:
        return f"{self.ref} {self.product.name}"

    def get_absolute_url(self) -> str:
        return reverse("stats:product", args=[self.product.ref])

    @property
    def is_expired(self) -> bool:
        """Whether a recognition that was not revoked has come to its end."""
        is_over = self.valid_until is not None and self.valid_until < clock.today()
        return self.state == IntensiveState.RECOGNISED and is_over
