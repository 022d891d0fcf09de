"""Budgets with their entries, and payments to firms."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.history import tracked
from subsidies.enums import BatchState, EntryKind, LineState, RuleKind, Shortfall
from subsidies.models.claims import YUAN, Claim


@tracked()
class Budget(models.Model):
    """What may be paid in a year for one kind. The database refuses to hold back or pay more than there is."""

    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("种类", max_length=40, choices=RuleKind)
    total_amount = models.DecimalField("预算（元）", **YUAN)
    reserved_amount = models.DecimalField("已预留（元）", default=0, **YUAN)
    paid_amount = models.DecimalField("已拨付（元）", default=0, **YUAN)
    shortfall = models.CharField("预算不足时", max_length=10, choices=Shortfall, default=Shortfall.FIRST_COME)
    basis = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "年度预算"
        ordering = ("-year", "kind")
        constraints = [
            models.UniqueConstraint(fields=["year", "kind"], name="budget_once"),
            models.CheckConstraint(
                condition=Q(total_amount__gte=F("reserved_amount") + F("paid_amount")), name="budget_never_over"
            ),
            models.CheckConstraint(condition=Q(reserved_amount__gte=0, paid_amount__gte=0), name="budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年{self.get_kind_display()}"

    @property
    def left_amount(self) -> Any:
        """Yuan neither held back nor paid."""
        return self.total_amount - self.reserved_amount - self.paid_amount


class BudgetEntry(models.Model):
    """One movement of a budget; only ever added. A wrong one is answered by its reverse."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="entries", verbose_name="预算")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="entries", verbose_name="申领")
    kind = models.CharField("类型", max_length=10, choices=EntryKind)
    amount = models.DecimalField("金额（元）", **YUAN)
    note = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "预算明细"
        ordering = ("-id",)
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="budget_entry_positive")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


@tracked()
class PaymentBatch(models.Model):
    """Claims that go to the treasury together."""

    ref = models.CharField("批次号", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("种类", max_length=40, choices=RuleKind)
    state = models.CharField("状态", max_length=10, choices=BatchState, default=BatchState.BUILDING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="经办人"
    )
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    exported_at = models.DateTimeField("导出时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "拨付批次"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.ref


@tracked()
class PaymentLine(models.Model):
    """One payment of one claim. A claim has at most one that waits or went well: failed ones are repeated elsewhere."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="lines", verbose_name="批次")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="payments", verbose_name="申领")
    amount = models.DecimalField("金额（元）", **YUAN)
    state = models.CharField("结果", max_length=10, choices=LineState, default=LineState.WAITING)
    paid_on = models.DateField("到账日", null=True, blank=True)
    bank_serial = models.CharField("流水号", max_length=60, blank=True)
    failure = models.CharField("失败原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "拨付明细"
        ordering = ("batch", "id")
        constraints = [
            models.UniqueConstraint(fields=["batch", "claim"], name="payment_line_once_per_batch"),
            models.UniqueConstraint(
                fields=["claim"], condition=~Q(state=LineState.FAILED), name="payment_line_never_doubled"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_line_positive"),
            models.CheckConstraint(
                condition=Q(state=LineState.WAITING)
                | Q(state=LineState.PAID, paid_on__isnull=False)
                | (Q(state=LineState.FAILED) & ~Q(failure="")),
                name="payment_line_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch.ref} {self.claim.ref}"
