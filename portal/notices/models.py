"""Messages in the portal to an organisation's people."""

from typing import TYPE_CHECKING, Any

from django.db import models

from portal.accounts.models import Organisation

if TYPE_CHECKING:
    from typing import Self


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> "Self":
        """A notice is read by the people of the organisation it is addressed to."""
        if not user.is_authenticated or user.organisation_id is None:
            return self.none()
        return self.filter(recipient_id=user.organisation_id)


class Notice(models.Model):
    recipient = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="notices", verbose_name="收件单位"
    )
    kind = models.CharField("类型", max_length=40)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("内容", blank=True)
    link = models.CharField("链接", max_length=200, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ("-id",)
        indexes = [models.Index(fields=["recipient", "-id"], name="notice_recipient")]

    def __str__(self) -> str:
        return self.title
