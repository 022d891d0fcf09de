"""Legal events: only ever added, the truth behind status and overlays."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from patents.enums import EventCode, LegalStatus, SourceKind
from patents.models.pool import Patent
from portal.sheets.models import SheetImport


class LegalEvent(models.Model):
    """One event as the gazette announced it, with what it made of the patent's status."""

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

    class Meta:
        verbose_name = verbose_name_plural = "法律事件"
        ordering = ("patent", "on", "id")
        constraints = [
            models.UniqueConstraint(fields=["patent", "code", "on", "reference"], name="legalevent_once"),
            models.CheckConstraint(
                condition=~Q(source=SourceKind.SHEET) | Q(source_import__isnull=False), name="legalevent_sheet_named"
            ),
        ]
        indexes = [models.Index(fields=["patent", "on", "id"], name="legalevent_patent")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.on} {self.code} {self.get_code_display()}"
