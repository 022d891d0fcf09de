"""Who took which document, and when."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models

from finance.models.projects import Placement
from portal.attachments.models import Attachment

if TYPE_CHECKING:
    from typing import Self


class DownloadQuerySet(models.QuerySet["DocumentDownload"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees where the project stands with that institution."""
        return self.filter(placement__in=Placement.objects.visible_to(user))


class DocumentDownload(models.Model):
    """One download of a project's document by an institution; only ever added."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="downloads", verbose_name="推送")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+", verbose_name="材料")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="下载人")
    address = models.GenericIPAddressField("来源地址", null=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "材料下载记录"
        ordering = ("-id",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.attachment_id}"
