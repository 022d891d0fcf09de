"""Dated rule versions. A version in force is frozen by the database; a change is a new version."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.policy.confidence import CONFIRMED_FROM


class RuleState(models.TextChoices):
    DRAFT = "draft", "草案"
    IN_FORCE = "in_force", "生效"


class ChosenBy(models.TextChoices):
    """The date that a policy itself names to choose its version by."""

    CONTRACT = "contract_date", "合同签订日"
    LOSS = "loss_date", "损失确认日"
    PAYMENT = "payment_date", "缴费日"
    AWARD = "award_date", "授奖公布日"
    RECOGNITION = "recognition_date", "认定日"
    SUBMISSION = "submission_date", "提交日"
    PERIOD = "period_start", "统计期首日"
    DECLARATION = "declaration_date", "声明日"
    ACCEPTANCE = "acceptance_date", "许可生效日"
    EVALUATION = "evaluation_date", "评价日"
    ENQUIRY = "enquiry_date", "意向提出日"
    PUBLICITY = "publicity_start", "公示开始日"


class RuleVersion(models.Model):
    """A rule as one document stated it, for a time. Rows below confidence 0.8 are parameters officials may replace."""

    code = models.CharField("版本编号", max_length=60, unique=True)
    kind = models.CharField("种类", max_length=40, db_index=True)
    title = models.CharField("名称", max_length=200)
    document_number = models.CharField("文号", max_length=200, blank=True)
    source = models.CharField("依据", max_length=300, blank=True)
    confidence = models.DecimalField("可信度", max_digits=3, decimal_places=2)
    chosen_by = models.CharField("选用依据日", max_length=20, choices=ChosenBy)
    in_force_from = models.DateField("生效日")
    in_force_to = models.DateField("失效日（不含）", null=True, blank=True)
    parameters = models.JSONField("参数")
    note = models.CharField("存疑说明", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=RuleState, default=RuleState.DRAFT)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="起草人",
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="批准人",
    )
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "规则版本"
        ordering = ("kind", "-in_force_from", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gt=F("in_force_from")),
                name="rule_version_period",
            ),
            models.CheckConstraint(
                condition=Q(drafted_by__isnull=True) | ~Q(drafted_by=F("approved_by")), name="rule_version_two_persons"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=RuleState.IN_FORCE),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_unconfirmed(self) -> bool:
        """Whether pages say so: officials may replace what is less sure than CONFIRMED_FROM."""
        return self.confidence < CONFIRMED_FROM
