"""Collection forms of officials: versions of their fields, periods, and one sheet per city and period."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from portal import clock, regions
from portal.accounts.enums import Role
from portal.history import tracked
from stats.enums.collection import WITH_CITY, Cadence, FormState, PeriodState, SheetState
from stats.policy.jumps import FACTOR

if TYPE_CHECKING:
    from typing import Self


class CollectionFormQuerySet(models.QuerySet["CollectionForm"]):
    def visible_to(self, user: Any) -> "Self":
        """The province all, other officials what was published."""
        if not user.is_authenticated or not user.is_official:
            return self.none()
        return self if user.role == Role.PROVINCE else self.filter(state=FormState.PUBLISHED)


@tracked()
class CollectionForm(models.Model):
    """One version of a form. Once published its fields stand; a change is a new version from a later period.

    `fields` is a list of {code, label, unit, kind, is_required, help}; a code keeps its meaning over the versions.
    """

    code = models.CharField("表号", max_length=20)
    version = models.PositiveSmallIntegerField("版本", default=1)
    title = models.CharField("名称", max_length=200)
    cadence = models.CharField("周期", max_length=8, choices=Cadence)
    notice = models.TextField("填报说明", blank=True)
    fields = models.JSONField("指标", default=list, blank=True)
    factor = models.PositiveSmallIntegerField("与上期相差多少倍须确认", default=FACTOR)
    from_year = models.PositiveSmallIntegerField("启用年度", null=True, blank=True)
    from_quarter = models.PositiveSmallIntegerField("启用季度（按年的为 0）", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=FormState, default=FormState.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    objects = CollectionFormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "采集表"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="collectionform_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state=FormState.DRAFT), name="collectionform_one_draft"
            ),
            models.CheckConstraint(condition=Q(factor__gte=2), name="collectionform_factor"),
            models.CheckConstraint(
                condition=Q(state=FormState.DRAFT)
                | Q(published_at__isnull=False, from_year__isnull=False, from_quarter__range=(0, 4)),
                name="collectionform_published_from",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="fields_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state = 'published' AND (OLD.fields IS DISTINCT FROM NEW.fields"
                    " OR OLD.cadence IS DISTINCT FROM NEW.cadence OR OLD.factor IS DISTINCT FROM NEW.factor)"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}（第 {self.version} 版）"


def period_label(year: int, quarter: int) -> str:
    """The period in words; quarter 0 is the whole year."""
    return f"{year} 年第 {quarter} 季度" if quarter else f"{year} 年"


class CollectionPeriodQuerySet(models.QuerySet["CollectionPeriod"]):
    def visible_to(self, user: Any) -> "Self":
        """Officials."""
        return self if user.is_authenticated and user.is_official else self.none()


@tracked()
class CollectionPeriod(models.Model):
    """A form's quarter or year that the cities fill in; `code` is the form's, so that a period is opened once."""

    form = models.ForeignKey(CollectionForm, on_delete=models.PROTECT, related_name="periods", verbose_name="采集表")
    code = models.CharField("表号", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度（按年的为 0）", default=0)
    due_on = models.DateField("填报截止日")
    state = models.CharField("状态", max_length=8, choices=PeriodState, default=PeriodState.OPEN)
    opened_at = models.DateTimeField("开始时间")
    closed_at = models.DateTimeField("结账时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="结账人",
    )

    objects = CollectionPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "采集期"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["code", "year", "quarter"], name="collectionperiod_once"),
            models.CheckConstraint(condition=Q(quarter__range=(0, 4)), name="collectionperiod_quarter"),
            models.CheckConstraint(
                condition=Q(state=PeriodState.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | Q(state=PeriodState.OPEN, closed_at__isnull=True, closed_by__isnull=True),
                name="collectionperiod_closed_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form.title} {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("stats:collection_period", args=[self.pk])

    @property
    def label(self) -> str:
        """The period in words."""
        return period_label(self.year, self.quarter)


class CitySheetQuerySet(models.QuerySet["CitySheet"]):
    def visible_to(self, user: Any) -> "Self":
        """The province and the finance department all, a city its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        return self.filter(city_code=user.city_code) if user.role == Role.CITY else self.none()


@tracked()
class CitySheet(models.Model):
    """What one city gives for one period: {code: figure as text}, amounts in yuan; `explained` says why one jumped."""

    period = models.ForeignKey(CollectionPeriod, on_delete=models.PROTECT, related_name="sheets", verbose_name="采集期")
    city_code = models.CharField("市代码", max_length=6, choices=regions.CITY_CHOICES)
    values = models.JSONField("数据", default=dict, blank=True)
    explained = models.JSONField("差异说明", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=SheetState, default=SheetState.WAITING)
    note = models.CharField("审核意见", max_length=500, blank=True)
    due_on = models.DateField("应填报日")
    submitted_at = models.DateTimeField("报送时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="报送人",
    )
    chased_on = models.DateField("最近催报日", null=True, blank=True)
    chase_count = models.PositiveSmallIntegerField("催报次数", default=0)

    objects = CitySheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "各市填报表"
        ordering = ("period", "city_code")
        constraints = [
            models.UniqueConstraint(fields=["period", "city_code"], name="citysheet_once"),
            models.CheckConstraint(
                condition=Q(state__in=WITH_CITY) | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="citysheet_submitted_by",
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "-id"], name="citysheet_city"),
            models.Index(fields=["state", "due_on"], name="citysheet_due"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.get_city_code_display()}"

    def get_absolute_url(self) -> str:
        return reverse("stats:collection_sheet", args=[self.pk])

    @property
    def days_left(self) -> int:
        """Calendar days until it is due, negative when it is late."""
        return (self.due_on - clock.today()).days

    @property
    def days_late(self) -> int:
        """Calendar days since it was due."""
        return -self.days_left

    @property
    def is_late(self) -> bool:
        return self.state in WITH_CITY and self.due_on < clock.today()
