"""Money of a deal, and its way to the inventors. Money rows are only ever added; a mistake is reversed."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from patents.enums.deals import CostKind, MoneyKind, ShareGroup, WorksheetState
from patents.models.deal_contract import YUAN
from patents.models.deal_files import DealDocument
from patents.models.deals import Deal, DealParty
from portal.accounts.enums import OFFICIALS
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.policy.models import RuleVersion

if TYPE_CHECKING:
    from typing import Self

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete
RATE: dict[str, Any] = {"max_digits": 7, "decimal_places": 6}


class MoneyReceived(models.Model):
    """One payment, in yuan; a reversal is the same amount below zero and names the row that it takes back."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="money", verbose_name="交易")
    kind = models.CharField("款项", max_length=8, choices=MoneyKind)
    amount = models.DecimalField("金额（元）", **YUAN)
    received_on = models.DateField("到账日期", db_index=True)
    payer = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="+", verbose_name="付款方")
    document = models.ForeignKey(DealDocument, on_delete=models.PROTECT, related_name="+", verbose_name="凭证")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销"
    )
    note = models.CharField("说明", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "到账"
        ordering = ("received_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses__isnull=True) | Q(amount__lt=0, reverses__isnull=False),
                name="money_received_sign",
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.received_on} {self.amount}"


class ShareRule(models.Model):
    """An institution's own rule on inventors' shares; never below the law's floor."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="share_rules", verbose_name="单位"
    )
    title = models.CharField("制度名称", max_length=200)
    document_number = models.CharField("文号", max_length=100, blank=True)
    inventor_rate = models.DecimalField("完成人比例", **RATE)
    office_rate = models.DecimalField("转化机构比例", **RATE)
    in_force_from = models.DateField("施行日")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位收益分配制度"
        ordering = ("-in_force_from", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(inventor_rate__gt=0, office_rate__gte=0) & Q(inventor_rate__lte=1 - F("office_rate")),
                name="share_rule_rates",
            ),
            models.UniqueConstraint(fields=["organisation", "in_force_from"], name="share_rule_once_a_day"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]

    def __str__(self) -> str:
        return self.title


class IncomeWorksheetQuerySet(models.QuerySet["IncomeWorksheet"]):
    def visible_to(self, user: Any) -> "Self":
        """The institution that divides, and the officials who see the deal: it names people and their money."""
        rows = self.filter(money__deal__in=Deal.objects.visible_to(user))
        if not user.is_authenticated or user.role in OFFICIALS:
            return rows
        return rows.filter(party__organisation_id=user.organisation_id)


@tracked()
class IncomeWorksheet(models.Model):
    """How one giver's part of one payment becomes net income and is divided. Yuan; rates are fractions.

    Frozen once confirmed (database rule), but for being made void.
    """

    money = models.ForeignKey(MoneyReceived, on_delete=models.PROTECT, related_name="worksheets", verbose_name="到账")
    party = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="worksheets", verbose_name="分配单位")
    state = models.CharField("状态", max_length=10, choices=WorksheetState, default=WorksheetState.DRAFT)
    received_amount = models.DecimalField("到账金额（元）", **YUAN)
    cost_amount = models.DecimalField("直接成本（元）", **YUAN)
    net_amount = models.DecimalField("净收入（元）", **YUAN)
    inventor_rate = models.DecimalField("完成人比例", **RATE)
    office_rate = models.DecimalField("转化机构比例", **RATE)
    inventor_amount = models.DecimalField("完成人合计（元）", **YUAN)
    office_amount = models.DecimalField("转化机构合计（元）", **YUAN)
    institution_amount = models.DecimalField("单位留存（元）", **YUAN)
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+", verbose_name="比例下限依据")
    office_rule = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="转化机构依据"
    )
    own_rule = models.ForeignKey(
        ShareRule, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位制度"
    )
    lines = models.JSONField("计算过程", default=list)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    void_reason = models.CharField("作废原因", max_length=300, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = IncomeWorksheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "收益分配表"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(net_amount=F("received_amount") - F("cost_amount"), net_amount__gte=0),
                name="worksheet_net_income",
            ),
            models.CheckConstraint(
                condition=Q(net_amount=F("inventor_amount") + F("office_amount") + F("institution_amount")),
                name="worksheet_divides_all",
            ),
            models.UniqueConstraint(
                fields=["money", "party"], condition=~Q(state=WorksheetState.VOID), name="worksheet_one_standing"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=WorksheetState.CONFIRMED)
                & ~pgtrigger.Q(new__state=WorksheetState.VOID),
            )
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.net_amount}"


class CostItem(models.Model):
    worksheet = models.ForeignKey(IncomeWorksheet, on_delete=models.PROTECT, related_name="costs")
    kind = models.CharField("成本", max_length=12, choices=CostKind)
    amount = models.DecimalField("金额（元）", **YUAN)
    note = models.CharField("说明", max_length=200, blank=True)
    document = models.ForeignKey(DealDocument, on_delete=models.PROTECT, related_name="+", verbose_name="凭证")

    class Meta:
        verbose_name = verbose_name_plural = "直接成本"
        ordering = ("id",)
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="cost_item_amount_positive")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class IncomeShare(models.Model):
    """What one person gets of one worksheet."""

    worksheet = models.ForeignKey(IncomeWorksheet, on_delete=models.PROTECT, related_name="shares")
    group = models.CharField("类别", max_length=10, choices=ShareGroup)
    person_name = models.CharField("姓名", max_length=60)
    share = models.DecimalField("份额", **RATE)
    amount = models.DecimalField("应发金额（元）", **YUAN)

    class Meta:
        verbose_name = verbose_name_plural = "个人份额"
        ordering = ("group", "id")
        constraints = [
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="income_share_fraction"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="income_share_amount"),
            models.UniqueConstraint(fields=["worksheet", "group", "person_name"], name="income_share_once"),
        ]

    def __str__(self) -> str:
        return self.person_name


class Payout(models.Model):
    """Money paid to a person; a reversal is the same amount below zero."""

    share = models.ForeignKey(IncomeShare, on_delete=models.PROTECT, related_name="payouts", verbose_name="份额")
    amount = models.DecimalField("发放金额（元）", **YUAN)
    paid_on = models.DateField("发放日期")
    tax_note = models.CharField("税务说明", max_length=300, blank=True)
    document = models.ForeignKey(DealDocument, on_delete=models.PROTECT, related_name="+", verbose_name="发放凭证")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "发放"
        ordering = ("paid_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses__isnull=True) | Q(amount__lt=0, reverses__isnull=False),
                name="payout_sign",
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.share_id} {self.amount}"
