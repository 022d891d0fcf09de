"""Deals and loans that look as if they were made for the statistics."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.accounts.enums import Role
from portal.history import tracked
from stats.enums.figures import FlagKind, FlagState, SubjectKind

if TYPE_CHECKING:
    from typing import Self


class SuspicionQuerySet(models.QuerySet["Suspicion"]):
    def visible_to(self, user: Any) -> "Self":
        """The province all, a city those of its deals and loans; nobody else."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        return self.filter(city_code=user.city_code) if user.role == Role.CITY else self.none()

    def standing(self) -> "Self":
        """Those that no officer has cleared."""
        return self.exclude(state=FlagState.CLEARED)


@tracked()
class Suspicion(models.Model):
    """Why one deal or loan is looked at. Found by the portal; cleared or confirmed only by an officer with a reason."""

    subject_kind = models.CharField("对象类别", max_length=6, choices=SubjectKind)
    subject_id = models.BigIntegerField("对象号")
    ref = models.CharField("对象编号", max_length=60)
    city_code = models.CharField("所在市代码", max_length=6, blank=True, db_index=True)
    kind = models.CharField("情形", max_length=12, choices=FlagKind)
    reason = models.CharField("理由", max_length=500)
    rule_code = models.CharField("依据参数版本", max_length=60)
    state = models.CharField("状态", max_length=10, choices=FlagState, default=FlagState.OPEN, db_index=True)
    found_at = models.DateTimeField("发现时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="核实人"
    )
    decided_at = models.DateTimeField("核实时间", null=True)
    decision = models.CharField("核实意见", max_length=500, blank=True)

    objects = SuspicionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "存疑交易"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "kind"], name="suspicion_once"),
            models.CheckConstraint(
                condition=Q(state=FlagState.OPEN)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision="")),
                name="suspicion_decided_with_reason",
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ref}"
