"""Searches that a user keeps, to be told of what is new."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from typing import Self

MAX_SAVED = 20
"""Searches one user may keep."""


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, user: Any) -> "Self":
        """One's own only."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class SavedSearch(models.Model):
    """A search as it stands in the address, and how far its owner has been told."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches", verbose_name="用户"
    )
    name = models.CharField("名称", max_length=60)
    query = models.CharField("条件", max_length=1000)
    has_alert = models.BooleanField("有新专利时通知", default=True)
    seen_at = models.DateTimeField("已告知到的入库时间")
    told_on = models.DateField("最近通知日期", null=True, blank=True)
    told_count = models.PositiveIntegerField("最近通知件数", default=0, db_default=0)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "保存的检索"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["user", "query"], name="savedsearch_once")]

    def __str__(self) -> str:
        return self.name
