"""What firms say about institutions that do not answer, or how they did."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from finance.enums import ComplaintState
from finance.models.projects import Placement, Project
from portal.accounts.enums import Role

if TYPE_CHECKING:
    from typing import Self


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: Any) -> "Self":
        """The firm and the officials who see the project; never the institution complained of."""
        if not user.is_authenticated or user.role == Role.BANK:
            return self.none()
        return self.filter(placement__project__in=Project.objects.visible_to(user))


class Complaint(models.Model):
    """One complaint about one institution on one project, and the official's answer."""

    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="complaint", verbose_name="推送")
    text = models.CharField("投诉内容", max_length=1000)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="投诉人"
    )
    made_at = models.DateTimeField("投诉时间", auto_now_add=True)
    state = models.CharField("状态", max_length=10, choices=ComplaintState, default=ComplaintState.OPEN)
    reply = models.CharField("答复", max_length=1000, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    replied_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业投诉"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ComplaintState.OPEN) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="complaint_answered_in_words",
            )
        ]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.get_state_display()}"
