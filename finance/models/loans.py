"""Money lent on projects."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from finance.enums import EntryKind, LoanState, Settlement
from finance.models.columns import YUAN
from finance.models.products import CreditLine
from finance.models.projects import Placement, Project
from portal.accounts.enums import Role
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class LoanQuerySet(models.QuerySet["Loan"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the project sees its loan; an institution only its own loans."""
        if user.is_authenticated and user.role == Role.BANK:
            return self.filter(placement__institution_id=user.organisation_id)
        return self.filter(placement__project__in=Project.objects.visible_to(user))


@tracked()
class Loan(models.Model):
    """Money lent on a placement."""

    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="loan", verbose_name="推送")
    bank_ref = models.CharField("银行合同号", max_length=60)
    contract_date = models.DateField("合同签订日")
    drawn_on = models.DateField("放款日", db_index=True)
    due_on = models.DateField("到期日")
    original_due_on = models.DateField("展期前到期日", null=True, blank=True)
    pledge_registered_on = models.DateField("质权登记日")
    principal = models.DecimalField("本金（元）", **YUAN)
    annual_rate = models.DecimalField("年利率", max_digits=7, decimal_places=6)
    pledge_share = models.DecimalField("专利质押占比", max_digits=7, decimal_places=6, default=1)
    is_first_pledge = models.BooleanField("专利首次质押", default=True)
    repaid_on = models.DateField("结清日", null=True, blank=True)
    interest_paid = models.DecimalField("已付利息（元）", null=True, blank=True, **YUAN)
    state = models.CharField("状态", max_length=10, choices=LoanState, db_default=LoanState.RUNNING)
    balance = models.DecimalField("本金余额（元）", db_default=0, help_text="按台账全部记录计算", **YUAN)
    settlement = models.CharField("结息方式", max_length=10, choices=Settlement, db_default=Settlement.QUARTER)
    # The 20th is practice, not a confirmed rule (RULES section 14): the bank may name another.
    settlement_day = models.PositiveSmallIntegerField("结息日", db_default=20)
    credit_line = models.ForeignKey(
        CreditLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="loans",
        verbose_name="占用的集合授信",
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "贷款"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(principal__gt=0), name="loan_principal_positive"),
            models.CheckConstraint(condition=Q(due_on__gt=F("drawn_on")), name="loan_due_after_drawdown"),
            models.CheckConstraint(
                condition=Q(pledge_share__gt=0, pledge_share__lte=1), name="loan_pledge_share_fraction"
            ),
            models.CheckConstraint(condition=Q(annual_rate__gte=0, annual_rate__lt=1), name="loan_rate_fraction"),
            models.CheckConstraint(
                condition=Q(repaid_on__isnull=True, interest_paid__isnull=True)
                | Q(repaid_on__gte=F("drawn_on"), interest_paid__isnull=False, interest_paid__gte=0),
                name="loan_repaid_after_drawdown",
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("principal")), name="loan_balance_within_principal"
            ),
            models.CheckConstraint(condition=Q(settlement_day__range=(1, 28)), name="loan_settlement_day"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_ref}"

    @property
    def first_due_on(self) -> dt.date:
        """The due day of the contract, before any extension."""
        return self.original_due_on or self.due_on


class LoanEntryQuerySet(models.QuerySet["LoanEntry"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the loan."""
        return self.filter(loan__in=Loan.objects.visible_to(user))


class LoanEntry(models.Model):
    """One line of a loan's ledger as the bank reported it; only ever added, mended by a reversal."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="entries", verbose_name="贷款")
    number = models.CharField("银行流水号", max_length=60)
    kind = models.CharField("事项", max_length=10, choices=EntryKind)
    on = models.DateField("发生日")
    principal = models.DecimalField("本金（元）", default=0, **YUAN)
    interest = models.DecimalField("利息（元）", default=0, **YUAN)
    penalty = models.DecimalField("罚息复利（元）", default=0, **YUAN)
    annual_rate = models.DecimalField("年利率", max_digits=7, decimal_places=6, null=True, blank=True)
    period_from = models.DateField("计息期首日", null=True, blank=True)
    period_to = models.DateField("计息期止（不含）", null=True, blank=True)
    due_on = models.DateField("展期后到期日", null=True, blank=True)
    computed_interest = models.DecimalField("平台计算利息（元）", null=True, blank=True, **YUAN)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲正对象"
    )
    note = models.CharField("说明", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="报送人"
    )
    recorded_at = models.DateTimeField("记录时间", auto_now_add=True)

    objects = LoanEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "贷款台账"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["loan", "number"], name="loan_entry_once"),
            models.CheckConstraint(
                condition=Q(principal__gte=0, interest__gte=0, penalty__gte=0), name="loan_entry_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=EntryKind.REVERSAL) & Q(reverses__isnull=True)),
                name="loan_entry_reversal_names_its_entry",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EntryKind.INTEREST)
                | Q(period_from__isnull=False, period_to__gt=F("period_from"), computed_interest__isnull=False),
                name="loan_entry_interest_has_period",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.EXTENSION, due_on__gt=F("on"))
                | (~Q(kind=EntryKind.EXTENSION) & Q(due_on__isnull=True)),
                name="loan_entry_extension_has_day",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"
