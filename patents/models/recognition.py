"""Recognitions of firms: IP standard, provincial and national demonstration, in steps."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from patents.enums.recognition import PENDING, RecognitionKind, RecognitionSource, RecognitionState
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.sheets.models import SheetImport

if TYPE_CHECKING:
    from typing import Self


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance what was handed in, a city its own, a firm its own, also what was imported for it."""
        if not user.is_authenticated:
            return self.none()
        handed_in = self.exclude(state=RecognitionState.DRAFT)
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return handed_in
        if user.role == Role.CITY:
            return handed_in.filter(city_code=user.city_code)
        if user.role in (Role.SME, Role.HOLDER):
            return self.filter(organisation_id=user.organisation_id)
        return self.none()

    def valid_on(self, day: dt.date) -> "Self":
        """Recognitions that stand on `day`: given, not ended, not revoked by then."""
        return self.filter(granted_on__lte=day).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day), Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
        )


@tracked()
class Recognition(models.Model):
    """One recognition of one firm. A firm of an imported list need not be registered here: its code names it."""

    ref = models.CharField("编号", max_length=20, unique=True)
    kind = models.CharField("认定类型", max_length=20, choices=RecognitionKind, db_index=True)
    firm_name = models.CharField("企业名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    city_code = models.CharField("所在市代码", max_length=6, db_index=True)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name="平台单位",
    )
    state = models.CharField(
        "状态", max_length=12, choices=RecognitionState, default=RecognitionState.DRAFT, db_index=True
    )
    source = models.CharField("来源", max_length=12, choices=RecognitionSource, default=RecognitionSource.APPLICATION)
    statement = models.TextField("申请说明", blank=True)
    document_number = models.CharField("认定文号或证书编号", max_length=100, blank=True)
    granted_on = models.DateField("认定日", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    revoked_on = models.DateField("撤销日", null=True, blank=True)
    note = models.CharField("审核意见或撤销理由", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    reminded_on = models.DateField("到期提醒日", null=True, blank=True)
    source_import = models.ForeignKey(
        SheetImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源文件"
    )
    source_row = models.PositiveIntegerField("来源行", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业知识产权认定"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["uscc", "kind", "granted_on"],
                condition=Q(granted_on__isnull=False),
                name="recognition_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["uscc", "kind"],
                condition=Q(state__in=sorted(PENDING)),
                name="recognition_one_application_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RecognitionState.RECOGNISED, RecognitionState.REVOKED])
                | (Q(granted_on__isnull=False) & ~Q(document_number="")),
                name="recognition_given_with_document",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("granted_on")), name="recognition_validity"
            ),
            models.CheckConstraint(
                condition=~Q(state=RecognitionState.REVOKED) | (Q(revoked_on__isnull=False) & ~Q(note="")),
                name="recognition_revoked_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["kind", "granted_on"], name="recognition_counted")]

    def __str__(self) -> str:
        return f"{self.ref} {self.firm_name} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("patents:recognition", args=[self.ref])

    @property
    def days_left(self) -> int | None:
        """Calendar days until it ends, negative when it has; None without an end."""
        return (self.valid_until - clock.today()).days if self.valid_until else None
