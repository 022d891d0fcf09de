"""What sheets say differently from the pool, for somebody to decide."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from patents.enums import ConflictState
from patents.models.pool import Patent
from portal.sheets.models import SheetImport

if TYPE_CHECKING:
    from typing import Self


class FieldConflictQuerySet(models.QuerySet["FieldConflict"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever may edit the patent decides on it."""
        return self.filter(patent__in=Patent.objects.editable_by(user))

    def open(self) -> "Self":
        return self.filter(state=ConflictState.OPEN)


class FieldConflict(models.Model):
    """One field of one patent for which a sheet has another value. The pool's value stands until somebody decides."""

    patent = models.ForeignKey(Patent, on_delete=models.CASCADE, related_name="conflicts", verbose_name="专利")
    field = models.CharField("字段", max_length=40)
    current_value = models.TextField("库中现值", blank=True)
    offered_value = models.TextField("文件中的值", blank=True)
    source_import = models.ForeignKey(
        SheetImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源文件"
    )
    source_row = models.PositiveIntegerField("来源行", null=True, blank=True)
    source_column = models.CharField("来源列", max_length=3, blank=True)
    state = models.CharField("处理状态", max_length=8, choices=ConflictState, default=ConflictState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="处理人",
    )
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    note = models.CharField("处理说明", max_length=300, blank=True)
    created_at = models.DateTimeField("发现时间", auto_now_add=True)

    objects = FieldConflictQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "数据冲突"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ConflictState.OPEN, decided_at__isnull=True)
                | (~Q(state=ConflictState.OPEN) & Q(decided_at__isnull=False)),
                name="fieldconflict_decided_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["patent", "field"], condition=Q(state=ConflictState.OPEN), name="fieldconflict_open")
        ]

    def __str__(self) -> str:
        return f"{self.patent_id} {self.field}"


class Reminder(models.Model):
    """A notice sent about a date of a patent, so that it is sent once."""

    patent = models.ForeignKey(Patent, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    due_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patent", "kind", "due_on", "days"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.patent_id} {self.kind} {self.due_on} {self.days}"
