"""What happens at an event: slots, speakers, tables, and what is on show."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from demand.models import Demand
from events.enums import ExhibitKind, SlotKind
from events.models.events import Event
from finance.models import Product
from patents.models import Patent
from portal.accounts.models import Organisation
from portal.history import tracked


class Period(Func):
    """The time from the first column to the second, without its end."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Speaker(models.Model):
    """A person who speaks at events."""

    name = models.CharField("姓名", max_length=50)
    title = models.CharField("职务、职称", max_length=100, blank=True)
    organisation_name = models.CharField("单位", max_length=200)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="平台单位"
    )
    summary = models.CharField("简介", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "主讲人"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["name", "organisation_name"], name="speaker_once")]

    def __str__(self) -> str:
        return f"{self.name}（{self.organisation_name}）"


@tracked()
class AgendaSlot(models.Model):
    """One part of the day. Those of kind MEETING are the rounds of a table plan."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="slots", verbose_name="活动")
    kind = models.CharField("类型", max_length=8, choices=SlotKind)
    title = models.CharField("议程", max_length=200)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    room = models.CharField("场地", max_length=100, blank=True)
    speaker = models.ForeignKey(
        Speaker, on_delete=models.PROTECT, null=True, blank=True, related_name="slots", verbose_name="主讲人"
    )
    # False once the event is cancelled: its speaker is free again.
    is_standing = models.BooleanField("有效", default=True, db_default=True)

    class Meta:
        verbose_name = verbose_name_plural = "议程"
        ordering = ("starts_at", "id")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="agenda_slot_ends_after_start"),
            ExclusionConstraint(
                name="agenda_slot_speaker_in_one_place",
                expressions=[
                    ("speaker", RangeOperators.EQUAL),
                    (Period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(speaker__isnull=False, is_standing=True),
            ),
        ]
        indexes = [models.Index(fields=["event", "starts_at"], name="agenda_slot_event")]

    def __str__(self) -> str:
        return self.title


class MeetingTable(models.Model):
    """A table at which two sides meet."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tables", verbose_name="活动")
    number = models.PositiveSmallIntegerField("桌号")
    name = models.CharField("名称", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "洽谈桌"
        ordering = ("event", "number")
        constraints = [models.UniqueConstraint(fields=["event", "number"], name="meeting_table_number_once")]

    def __str__(self) -> str:
        return self.name or f"{self.number} 号桌"


class Exhibit(models.Model):
    """A patent, a need or a product on show at an event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="exhibits", verbose_name="活动")
    kind = models.CharField("类型", max_length=8, choices=ExhibitKind)
    patent = models.ForeignKey(
        Patent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="专利"
    )
    demand = models.ForeignKey(
        Demand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="技术需求"
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="金融产品"
    )
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "展示项目"
        ordering = ("event", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ExhibitKind.PATENT, patent__isnull=False, demand__isnull=True, product__isnull=True)
                | Q(kind=ExhibitKind.NEED, patent__isnull=True, demand__isnull=False, product__isnull=True)
                | Q(kind=ExhibitKind.PRODUCT, patent__isnull=True, demand__isnull=True, product__isnull=False),
                name="exhibit_is_one_thing",
            ),
            models.UniqueConstraint(fields=["event", "patent"], name="exhibit_patent_once"),
            models.UniqueConstraint(fields=["event", "demand"], name="exhibit_demand_once"),
            models.UniqueConstraint(fields=["event", "product"], name="exhibit_product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.patent or self.demand or self.product}"
