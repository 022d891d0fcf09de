"""Banks' daily statements, and where they differ from the ledger here."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from finance.enums import DifferenceKind, DifferenceState
from portal.accounts.enums import Role
from portal.accounts.models import Organisation

if TYPE_CHECKING:
    from typing import Self


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance department all, an institution its own; a city looks at its loans instead."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        if user.role == Role.BANK:
            return self.filter(institution_id=user.organisation_id)
        return self.none()


class Statement(models.Model):
    """All loans of one institution as it sees them at the end of a day; a later one of the same day replaces none."""

    institution = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="statements", verbose_name="金融机构"
    )
    day = models.DateField("对账日")
    number = models.CharField("对账单编号", max_length=60)
    lines = models.JSONField("内容")
    line_count = models.PositiveIntegerField("笔数")
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="报送人"
    )
    received_at = models.DateTimeField("收到时间", auto_now_add=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "银行对账单"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["institution", "number"], name="statement_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.institution} {self.day}"


class DifferenceQuerySet(models.QuerySet["Difference"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the statement."""
        return self.filter(statement__in=Statement.objects.visible_to(user))


class Difference(models.Model):
    """One figure on which the two sides differ: a work item that only an official closes, saying how."""

    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, related_name="differences", verbose_name="对账单"
    )
    project_ref = models.CharField("项目编号", max_length=20)
    kind = models.CharField("差异", max_length=20, choices=DifferenceKind)
    ours = models.CharField("平台", max_length=120, blank=True)
    theirs = models.CharField("银行", max_length=120, blank=True)
    state = models.CharField("状态", max_length=10, choices=DifferenceState, default=DifferenceState.OPEN)
    resolution = models.CharField("处理结果", max_length=500, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="处理人",
    )
    closed_at = models.DateTimeField("处理时间", null=True, blank=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对账差异"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["statement", "project_ref", "kind"], name="difference_once"),
            models.CheckConstraint(
                condition=Q(state=DifferenceState.OPEN)
                | (~Q(resolution="") & Q(closed_by__isnull=False, closed_at__isnull=False)),
                name="difference_closed_with_reason",
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.project_ref} {self.get_kind_display()}"
