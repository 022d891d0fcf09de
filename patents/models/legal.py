"""Legal events: added, never changed; a wrong one is voided. The truth behind status and overlays."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from patents.enums import EventCode, LegalStatus, SourceKind
from patents.models.pool import Patent
from portal.sheets.models import SheetImport

if TYPE_CHECKING:
    from typing import Self


class LegalEventQuerySet(models.QuerySet["LegalEvent"]):
    def standing(self) -> "Self":
        """Those that were not voided."""
        return self.filter(voided_at__isnull=True)


class LegalEvent(models.Model):
    """One event as the gazette announced it, with what it made of the patent's status at the time.

    Later voidings may have made these statuses others: `queries.legal.state_after` computes them.
    """

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="legal_events", verbose_name="专利")
    code = models.CharField("事件", max_length=4, choices=EventCode)
    on = models.DateField("生效日（公告日）")
    reference = models.CharField("登记号（备案号、文号）", max_length=60, blank=True, db_default="")
    facts = models.JSONField("公告内容", default=dict, blank=True)
    status_before = models.CharField("此前状态", max_length=20, choices=LegalStatus)
    status_after = models.CharField("此后状态", max_length=20, choices=LegalStatus)
    # Names in order, where the event changed who owns the patent: the register as of any day is read from here.
    owners_before = models.JSONField("此前权利人", null=True, blank=True)
    owners_after = models.JSONField("此后权利人", null=True, blank=True)
    source = models.CharField("来源", max_length=8, choices=SourceKind)
    source_import = models.ForeignKey(
        SheetImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源文件"
    )
    source_row = models.PositiveIntegerField("来源行", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="作废人",
    )
    void_reason = models.CharField("作废原因", max_length=300, blank=True, db_default="")

    objects = LegalEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "法律事件"
        ordering = ("patent", "on", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["patent", "code", "on", "reference"],
                condition=Q(voided_at__isnull=True),
                name="legalevent_standing_once",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
                name="legalevent_voided_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(source=SourceKind.SHEET) | Q(source_import__isnull=False), name="legalevent_sheet_named"
            ),
        ]
        indexes = [models.Index(fields=["patent", "on", "id"], name="legalevent_patent")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="never_changed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["voided_at", "voided_by", "void_reason"]),
            ),
            pgtrigger.Protect(
                name="voided_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__voided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.code} {self.get_code_display()}"
