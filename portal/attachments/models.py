"""Documents that people attach to a row of any workflow. Private: handed out only to who may see that row."""

import secrets

import pgtrigger
from django.conf import settings
from django.db import models


def upload_path(instance: "Attachment", filename: str) -> str:
    """Where the file is kept: a name nobody can guess, under MEDIA_ROOT, which has no address."""
    return f"attachments/{secrets.token_hex(16)}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, target: models.Model) -> "AttachmentQuerySet":
        """The documents of a row, in the order they came."""
        return self.filter(target_type=target._meta.label_lower, target_id=target.pk, removed_at=None).order_by("id")


class Attachment(models.Model):
    """One document of one row. Removing it hides it; the file stays for the record."""

    target_type = models.CharField("对象类型", max_length=60)
    target_id = models.BigIntegerField("对象编号")
    purpose = models.CharField("材料", max_length=40)
    file = models.FileField("文件", upload_to=upload_path)
    file_name = models.CharField("文件名", max_length=255)
    content_type = models.CharField("文件类型", max_length=100)
    sha256 = models.CharField("文件指纹", max_length=64)
    size_bytes = models.PositiveIntegerField("文件大小（字节）")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ("-id",)
        constraints = [
            # A document that was removed may be attached again.
            models.UniqueConstraint(
                fields=["target_type", "target_id", "purpose", "sha256"],
                condition=models.Q(removed_at__isnull=True),
                name="attachment_once",
            )
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.file_name
