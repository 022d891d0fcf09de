"""Messages in the portal to an organisation's people, or to one person."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.accounts.models import Organisation

if TYPE_CHECKING:
    from typing import Self


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> "Self":
        """What is addressed to the organisation its people read; what is addressed to a person, that person alone."""
        if not user.is_authenticated:
            return self.none()
        own = Q(reader_id=user.pk)
        return self.filter(own if user.organisation_id is None else own | Q(recipient_id=user.organisation_id))


class Notice(models.Model):
    recipient = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="notices", verbose_name="收件单位"
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="收件人",
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
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_recipient"),
            models.Index(fields=["reader", "-id"], name="notice_reader", condition=Q(reader__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, reader__isnull=True)
                | Q(recipient__isnull=True, reader__isnull=False),
                name="notice_to_an_organisation_or_a_person",
            )
        ]

    def __str__(self) -> str:
        return self.title
