"""What was signed, what was made public before, and when money is due."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from patents.enums import RoyaltyBase
from patents.enums.deals import ObjectionOutcome, PriceWay, Pricing
from patents.models.deal_files import DealDocument
from patents.models.deals import Deal
from portal.history import tracked
from portal.policy.models import RuleVersion

if TYPE_CHECKING:
    from typing import Self

YUAN: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


@tracked()
class DealContract(models.Model):
    """The contract of a deal as it holds now; its supplements keep what held before. Amounts in yuan (CNY).

    A royalty contract has no fixed value: what it brings is counted when it is received (`value_amount` is null).
    """

    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, related_name="contract", verbose_name="交易")
    number = models.CharField("合同编号", max_length=60)
    signed_on = models.DateField("签订日期", db_index=True)
    valid_from = models.DateField("合同生效日")
    valid_to = models.DateField("许可期限截止日", null=True, blank=True)
    pricing = models.CharField("计价方式", max_length=14, choices=Pricing)
    price_way = models.CharField("定价方式", max_length=10, choices=PriceWay)
    value_amount = models.DecimalField("合同金额（元）", null=True, blank=True, **YUAN)
    royalty_rate = models.DecimalField("提成比例", max_digits=7, decimal_places=6, null=True, blank=True)
    royalty_base = models.CharField("提成基数", max_length=10, choices=RoyaltyBase, blank=True)
    valuation_amount = models.DecimalField("评估价（元）", null=True, blank=True, **YUAN)
    is_related_party = models.BooleanField("关联交易（同一实际控制人）", default=False)
    technical_contract_number = models.CharField("技术合同登记编号", max_length=30, unique=True, null=True, blank=True)
    document = models.ForeignKey(DealDocument, on_delete=models.PROTECT, related_name="+", verbose_name="合同文件")
    findings = models.JSONField("签订时核对结果", default=list)
    confirmed_at = models.DateTimeField("对方确认时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "合同"
        constraints = [
            models.CheckConstraint(
                # NULL > 0 is unknown, and a check that is unknown passes: null is excluded by name.
                condition=Q(
                    pricing__in=[Pricing.FIXED, Pricing.ENTRY_ROYALTY], value_amount__isnull=False, value_amount__gt=0
                )
                | Q(pricing=Pricing.FREE, value_amount__isnull=False, value_amount=0)
                | Q(pricing=Pricing.ROYALTY, value_amount__isnull=True),
                name="deal_contract_value",
            ),
            models.CheckConstraint(
                condition=Q(royalty_rate__isnull=True, royalty_base="")
                | (Q(royalty_rate__isnull=False, royalty_rate__gt=0, royalty_rate__lte=1) & ~Q(royalty_base="")),
                name="deal_contract_royalty",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="deal_contract_period"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentPlanLine(models.Model):
    """Money due. Lines of a supplement hold once it does; those that it replaced stay, no longer current."""

    contract = models.ForeignKey(DealContract, on_delete=models.CASCADE, related_name="plan", verbose_name="合同")
    due_on = models.DateField("应付日")
    amount = models.DecimalField("金额（元）", **YUAN)
    condition = models.CharField("付款条件", max_length=200, blank=True)
    supplement = models.ForeignKey(
        "patents.ContractSupplement",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plan",
        verbose_name="补充协议",
    )
    is_current = models.BooleanField("现行", default=True, db_default=True)

    class Meta:
        verbose_name = verbose_name_plural = "付款计划"
        ordering = ("due_on", "id")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_plan_amount_positive")]

    def __str__(self) -> str:
        return f"{self.due_on} {self.amount}"


class PricePublicityQuerySet(models.QuerySet["PricePublicity"]):
    def visible_to(self, user: Any) -> "Self":
        """What is made public is public."""
        return self


class PricePublicity(models.Model):
    """The agreed price, made public inside and outside the institution (条例 art. 14) before it is signed."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="publicities", verbose_name="交易")
    result_name = models.CharField("科技成果名称", max_length=300)
    price_amount = models.DecimalField("拟交易价格（元）", null=True, blank=True, **YUAN)
    price_text = models.CharField("价格说明", max_length=300, blank=True)
    starts_on = models.DateField("公示开始日")
    ends_on = models.DateField("公示截止日")
    place = models.CharField("公示地点（网址）", max_length=300)
    objection_contact = models.CharField("异议受理方式", max_length=200)
    document = models.ForeignKey(
        DealDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公示材料"
    )
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+", verbose_name="依据")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = PricePublicityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "价格公示"
        ordering = ("-starts_on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="price_publicity_period"),
            models.UniqueConstraint(
                fields=["deal"], condition=Q(withdrawn_at__isnull=True), name="price_publicity_one_standing"
            ),
        ]

    def __str__(self) -> str:
        return self.result_name


class Objection(models.Model):
    """Somebody's objection to a price, and what the institution made of it."""

    publicity = models.ForeignKey(
        PricePublicity, on_delete=models.PROTECT, related_name="objections", verbose_name="公示"
    )
    raised_by = models.CharField("提出人", max_length=100)
    raised_on = models.DateField("提出日期")
    content = models.TextField("异议内容")
    outcome = models.CharField("处理结论", max_length=10, choices=ObjectionOutcome, default=ObjectionOutcome.OPEN)
    handling = models.TextField("处理情况", blank=True)
    handled_on = models.DateField("处理日期", null=True, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=ObjectionOutcome.OPEN, handled_on__isnull=True)
                | (~Q(outcome=ObjectionOutcome.OPEN) & Q(handled_on__isnull=False) & ~Q(handling="")),
                name="objection_handled_with_text",
            )
        ]

    def __str__(self) -> str:
        return self.content[:30]
