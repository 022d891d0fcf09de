"""Pools that share losses, losses with who bears what, and what is recovered later."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from finance.enums import LossState, PoolEntryKind
from finance.models.columns import YUAN
from finance.models.loans import Loan, LoanEntry
from portal.accounts.enums import Role
from portal.history import tracked
from portal.policy.models import RuleVersion
from portal.regions import CITIES

if TYPE_CHECKING:
    from typing import Self

_MONEY = DecimalField(**YUAN)
NOTHING = Value(Decimal("0.00"), output_field=_MONEY)


class RiskPoolQuerySet(models.QuerySet["RiskPool"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance department all, a city those of its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        return self.filter(cities__contains=[user.city_code]) if user.role == Role.CITY else self.none()

    def with_balance(self) -> "Self":
        """Each with `balance` in yuan: what its entries come to. One query for all."""
        signed = Case(When(kind=PoolEntryKind.PAYOUT, then=-F("amount")), default=F("amount"), output_field=_MONEY)
        rows = PoolEntry.objects.filter(pool=OuterRef("pk")).order_by().values("pool").annotate(total=Sum(signed))
        return self.annotate(balance=Coalesce(Subquery(rows.values("total"), output_field=_MONEY), NOTHING))


@tracked()
class RiskPool(models.Model):
    """Money set aside to bear its share of losses. No cities: the whole province."""

    balance: Decimal  # filled by `with_balance`

    name = models.CharField("名称", max_length=100, unique=True)
    basis = models.CharField("设立依据", max_length=200)
    cities = ArrayField(
        models.CharField(max_length=6, choices=list(CITIES.items())), verbose_name="适用城市", default=list, blank=True
    )
    opened_on = models.DateField("设立日")

    objects = RiskPoolQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "风险补偿资金池"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class LossClaimQuerySet(models.QuerySet["LossClaim"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the loan, but not the firm: what lenders share of its debt is between them."""
        if not user.is_authenticated or user.role == Role.SME:
            return self.none()
        return self.filter(loan__in=Loan.objects.visible_to(user))


@tracked()
class LossClaim(models.Model):
    """A bad debt that was reported, and how the rule of the day of the loss divides it."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="losses", verbose_name="贷款")
    entry = models.OneToOneField(
        LoanEntry, on_delete=models.PROTECT, related_name="loss_claim", verbose_name="呆账记录"
    )
    principal_loss = models.DecimalField("本金损失（元）", **YUAN)
    loss_on = models.DateField("损失确认日")
    rule = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="分担规则版本"
    )
    pool = models.ForeignKey(
        RiskPool, on_delete=models.PROTECT, null=True, blank=True, related_name="losses", verbose_name="资金池"
    )
    shares = models.JSONField("各方分担（元）", default=dict)
    state = models.CharField("状态", max_length=10, choices=LossState, default=LossState.FOUND)
    note = models.CharField("审核意见", max_length=500, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审核人",
    )
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="拨付人",
    )
    paid_on = models.DateField("补偿日", null=True, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = LossClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "风险损失"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(principal_loss__gt=0), name="loss_positive"),
            models.CheckConstraint(
                condition=Q(paid_by__isnull=True) | ~Q(paid_by=F("approved_by")), name="loss_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state=LossState.PAID) | Q(paid_on__isnull=False, rule__isnull=False),
                name="loss_paid_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan} {self.principal_loss}"


class LossRecovery(models.Model):
    """Money got back on a paid loss after costs, divided in the ratio in which the loss was borne. Only ever added."""

    claim = models.ForeignKey(LossClaim, on_delete=models.PROTECT, related_name="recoveries", verbose_name="风险损失")
    on = models.DateField("追回日")
    gross = models.DecimalField("追回金额（元）", **YUAN)
    costs = models.DecimalField("追偿费用（元）", **YUAN)
    shares = models.JSONField("各方分得（元）")
    number = models.CharField("凭证号", max_length=60)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "追偿记录"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="recovery_once"),
            models.CheckConstraint(condition=Q(costs__gte=0, gross__gt=F("costs")), name="recovery_net_positive"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.gross}"


class PoolEntry(models.Model):
    """A movement of a pool's money; only ever added."""

    pool = models.ForeignKey(RiskPool, on_delete=models.PROTECT, related_name="entries", verbose_name="资金池")
    kind = models.CharField("事项", max_length=15, choices=PoolEntryKind)
    amount = models.DecimalField("金额（元）", **YUAN)
    on = models.DateField("日期")
    claim = models.ForeignKey(
        LossClaim, on_delete=models.PROTECT, null=True, blank=True, related_name="pool_entries", verbose_name="风险损失"
    )
    recovery = models.OneToOneField(
        LossRecovery, on_delete=models.PROTECT, null=True, blank=True, related_name="pool_entry", verbose_name="追偿"
    )
    note = models.CharField("说明", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "资金池流水"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="pool_entry_positive"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(kind=PoolEntryKind.PAYOUT), name="pool_entry_pays_a_loss_once"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.get_kind_display()} {self.amount}"
