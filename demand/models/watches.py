"""What organisations watch."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from demand.enums import WatchKind
from patents.models import Patent
from portal.accounts.models import Organisation

if TYPE_CHECKING:
    from typing import Self


class WatchQuerySet(models.QuerySet["Watch"]):
    def visible_to(self, user: Any) -> "Self":
        """An organisation sees its own."""
        if not user.is_authenticated or user.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=user.organisation_id)


class Watch(models.Model):
    """A patent, a holder or a field (IPC subclass) of which an organisation wants news."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="watches", verbose_name="关注单位"
    )
    kind = models.CharField("类型", max_length=6, choices=WatchKind)
    patent = models.ForeignKey(
        Patent, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="专利"
    )
    holder = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="权利人"
    )
    ipc_code = models.CharField("IPC 小类", max_length=4, blank=True)
    created_at = models.DateTimeField("关注时间", auto_now_add=True)
    # News up to here were told.
    told_until = models.DateTimeField("已提醒至")

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "关注"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "patent"], condition=Q(kind=WatchKind.PATENT), name="watch_patent_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "holder"], condition=Q(kind=WatchKind.HOLDER), name="watch_holder_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "ipc_code"], condition=Q(kind=WatchKind.FIELD), name="watch_field_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=WatchKind.PATENT, patent__isnull=False, holder__isnull=True, ipc_code="")
                | Q(kind=WatchKind.HOLDER, patent__isnull=True, holder__isnull=False, ipc_code="")
                | Q(
                    kind=WatchKind.FIELD, patent__isnull=True, holder__isnull=True, ipc_code__regex=r"^[A-H]\d\d[A-Z]$"
                ),
                name="watch_names_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.patent or self.holder or self.ipc_code}"
