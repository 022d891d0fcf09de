"""Changes of a contract after it was signed; the contract keeps what holds now, these rows what held before."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from patents.enums.deals import SupplementState
from patents.models.deal_contract import YUAN, DealContract
from patents.models.deal_files import DealDocument


class ContractSupplement(models.Model):
    """One supplement: value (yuan), term and payment plan, before and after; null where it leaves them as they are.

    It holds from the day that the receiving side has confirmed it; what it says cannot be changed afterwards.
    """

    contract = models.ForeignKey(
        DealContract, on_delete=models.PROTECT, related_name="supplements", verbose_name="合同"
    )
    number = models.CharField("补充协议编号", max_length=60)
    signed_on = models.DateField("签订日期")
    reason = models.CharField("变更原因", max_length=300)
    value_before = models.DecimalField("变更前金额（元）", null=True, blank=True, **YUAN)
    value_after = models.DecimalField("变更后金额（元）", null=True, blank=True, **YUAN)
    valid_to_before = models.DateField("变更前截止日", null=True, blank=True)
    valid_to_after = models.DateField("变更后截止日", null=True, blank=True)
    document = models.ForeignKey(DealDocument, on_delete=models.PROTECT, related_name="+", verbose_name="补充协议文件")
    state = models.CharField("状态", max_length=10, choices=SupplementState, default=SupplementState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认（答复）人",
    )
    answered_at = models.DateTimeField("确认（答复）时间", null=True, blank=True)
    answer_note = models.CharField("答复说明", max_length=300, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "补充协议"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["contract"], condition=Q(state=SupplementState.PROPOSED), name="supplement_one_proposed"
            ),
            models.CheckConstraint(
                condition=Q(value_after__isnull=True)
                | (
                    Q(value_before__isnull=False, value_before__gt=0, value_after__gt=0)
                    & ~Q(value_after=F("value_before"))
                ),
                name="supplement_value_changes",
            ),
            models.CheckConstraint(
                condition=Q(valid_to_after__isnull=True)
                | (Q(valid_to_before__isnull=False) & ~Q(valid_to_after=F("valid_to_before"))),
                name="supplement_term_changes",
            ),
            models.CheckConstraint(
                condition=Q(state=SupplementState.PROPOSED, answered_at__isnull=True)
                | (~Q(state=SupplementState.PROPOSED) & Q(answered_at__isnull=False)),
                name="supplement_answered_at",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="terms_frozen",
                fields=[
                    "contract", "number", "signed_on", "reason", "value_before", "value_after", "valid_to_before",
                    "valid_to_after", "document", "proposed_by",
                ],
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number
