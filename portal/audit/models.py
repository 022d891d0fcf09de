"""Who did what to which row and why. Rows are only ever added (database trigger)."""

import pgtrigger
from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    verb = models.CharField("操作", max_length=60)
    target_type = models.CharField("对象类型", max_length=60)
    target_id = models.CharField("对象编号", max_length=40)
    target_label = models.CharField("对象", max_length=200)
    note = models.TextField("说明", blank=True)
    facts = models.JSONField("相关数据", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ("-id",)
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_target")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_label}"
