"""What the two sides of a deal hand each other: documents and messages. Rows are only ever added."""

import secrets
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from patents.enums.deals import Audience, DocumentKind
from patents.models.deals import Deal, DealParty
from portal import clock
from portal.accounts.enums import OFFICIALS
from portal.accounts.models import Organisation

if TYPE_CHECKING:
    from typing import Self


def document_path(instance: "DealDocument", filename: str) -> str:
    """A name nobody can guess, under MEDIA_ROOT, which has no address."""
    return f"deals/{secrets.token_hex(16)}"


class DealDocumentQuerySet(models.QuerySet["DealDocument"]):
    def visible_to(self, user: Any) -> "Self":
        """Those of the deals that the user sees; a party only what its side may open."""
        rows = self.filter(deal__in=Deal.objects.visible_to(user))
        if not user.is_authenticated or user.role in OFFICIALS:
            return rows
        own_side = DealParty.objects.filter(
            deal=OuterRef("deal"), side=OuterRef("audience"), organisation_id=user.organisation_id
        )
        return rows.filter(Q(audience=Audience.BOTH) | Exists(own_side))


class DealDocument(models.Model):
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="documents", verbose_name="交易")
    kind = models.CharField("类型", max_length=10, choices=DocumentKind)
    audience = models.CharField("可见范围", max_length=8, choices=Audience, default=Audience.BOTH)
    file = models.FileField("文件", upload_to=document_path)
    file_name = models.CharField("文件名", max_length=255)
    content_type = models.CharField("格式", max_length=100)
    sha256 = models.CharField("文件指纹", max_length=64)
    size_bytes = models.PositiveBigIntegerField("大小（字节）")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = DealDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "交易文件"
        ordering = ("-id",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.file_name


class DealMessage(models.Model):
    """One message of the thread between the two sides."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="messages", verbose_name="交易")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="发送人"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    body = models.TextField("内容")
    said_on = models.DateField("日期", null=True, default=clock.today)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "洽谈留言"
        ordering = ("id",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.body[:30]
