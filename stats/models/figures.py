"""Rows that numbers count, the numbers themselves, and the runs that computed them."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.history import tracked
from portal.sheets.models import SheetImport
from stats.enums.figures import RefreshKind, RowKind, RowSource, Split

AMOUNT: dict[str, Any] = {"max_digits": 20, "decimal_places": 2}
_PERIOD = Q(quarter__range=(0, 4), year__gte=1985)


@tracked()
class HistoricFigure(models.Model):
    """A number from before the portal, as a sheet gave it: marked as such wherever it is counted.

    `quarter` 0 is a whole year. `value` is in the indicator's base unit: yuan, or pieces. A city code of the province
    stands for a number that nobody divided by cities.
    """

    indicator = models.CharField("指标", max_length=10)
    year = models.PositiveSmallIntegerField("年份")
    quarter = models.PositiveSmallIntegerField("季度", default=0)
    city_code = models.CharField("所在市代码", max_length=6)
    split = models.CharField("分项", max_length=12, choices=Split, blank=True)
    value = models.DecimalField("数值", **AMOUNT)
    basis = models.CharField("出处", max_length=300)
    source_import = models.ForeignKey(SheetImport, on_delete=models.PROTECT, related_name="+", verbose_name="来源文件")
    source_row = models.PositiveIntegerField("来源行")
    source_cell = models.CharField("来源单元格", max_length=10)
    created_at = models.DateTimeField("导入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "历史数"
        ordering = ("indicator", "-year", "-quarter", "city_code", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "year", "quarter", "city_code", "split"], name="historic_figure_once"
            ),
            models.CheckConstraint(condition=_PERIOD & Q(value__gte=0), name="historic_figure_range"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year} {self.city_code}"


class CountedRow(models.Model):
    """One source row as the indicators count it; made by the refresh from the other apps' rows, never by hand.

    `area_code` is the code as the source has it, `city_code` the city that counts it now (3712 counts as 3701).
    `on` is the event's day; a standing thing counts from `on` until the day before `until`. Yuan, people.
    """

    kind = models.CharField("类别", max_length=16, choices=RowKind)
    source_id = models.BigIntegerField("来源行号")
    scope_id = models.BigIntegerField("来源对象号")
    on = models.DateField("计入日")
    until = models.DateField("终止日", null=True)
    signed_on = models.DateField("合同签订日", null=True)
    year = models.PositiveSmallIntegerField("年份")
    quarter = models.PositiveSmallIntegerField("季度")
    area_code = models.CharField("来源区划代码", max_length=6, blank=True)
    city_code = models.CharField("计入市", max_length=6, blank=True)
    giver_city = models.CharField("提供方所在市", max_length=6, blank=True)
    giver_kind = models.CharField("提供方类型", max_length=12, blank=True)
    receiver_kind = models.CharField("接受方类型", max_length=12, blank=True)
    split = models.CharField("分项", max_length=12, choices=Split, blank=True)
    weight = models.PositiveSmallIntegerField("计数", default=1)
    amount = models.DecimalField("金额（元）或历史数值", default=0, **AMOUNT)
    uscc = models.CharField("去重代码", max_length=30, blank=True)
    name = models.CharField("名称", max_length=400)
    partner = models.CharField("相对方", max_length=200, blank=True)
    ref = models.CharField("编号", max_length=60, blank=True)
    revenue = models.DecimalField("营业收入（元）", null=True, **AMOUNT)
    employees = models.PositiveIntegerField("从业人员（人）", null=True)
    indicator = models.CharField("历史数指标", max_length=10, blank=True)
    source = models.CharField("来源方式", max_length=6, choices=RowSource)
    source_note = models.CharField("来源说明", max_length=300, blank=True)
    source_import = models.ForeignKey(
        SheetImport, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="来源文件"
    )
    source_row = models.PositiveIntegerField("来源行", null=True)
    source_cell = models.CharField("来源单元格", max_length=10, blank=True)
    is_flagged = models.BooleanField("存疑", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "统计明细"
        ordering = ("-on", "-id")
        constraints = [models.UniqueConstraint(fields=["kind", "source_id"], name="counted_row_once")]
        indexes = [
            models.Index(fields=["kind", "year", "quarter"], name="counted_row_period"),
            models.Index(fields=["kind", "scope_id"], name="counted_row_scope"),
            models.Index(fields=["kind"], condition=Q(is_flagged=True), name="counted_row_flagged"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ref or self.name}"


class IndicatorValue(models.Model):
    """One number: an indicator in a city (empty: the province) in a quarter (0: the year) and a kind (empty: all).

    `value` counts every row, `flagged` those under suspicion among them; both in the base unit (yuan, pieces).
    `before` is the same period of the year before up to the same day; null where it cannot be compared.
    """

    code = models.CharField("指标", max_length=10)
    version = models.CharField("口径版本", max_length=60)
    year = models.PositiveSmallIntegerField("年份")
    quarter = models.PositiveSmallIntegerField("季度")
    city_code = models.CharField("市", max_length=6, blank=True)
    split = models.CharField("分项", max_length=12, blank=True)
    value = models.DecimalField("数值", **AMOUNT)
    flagged = models.DecimalField("其中存疑", default=0, **AMOUNT)
    historic = models.DecimalField("其中历史数", default=0, **AMOUNT)
    before = models.DecimalField("上年同期", null=True, **AMOUNT)
    as_of = models.DateField("统计截止日")

    class Meta:
        verbose_name = verbose_name_plural = "指标数值"
        ordering = ("code", "-year", "-quarter", "city_code")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "year", "quarter", "city_code", "split"], name="indicator_value_once"
            )
        ]
        indexes = [models.Index(fields=["year", "quarter"], name="indicator_value_period")]

    def __str__(self) -> str:
        return f"{self.code} {self.year} {self.value}"


class PatentFlow(models.Model):
    """How many patents went from holders of a kind and city to firms of a city in a year; stored for the dashboard."""

    year = models.PositiveSmallIntegerField("年份")
    giver_kind = models.CharField("提供方类型", max_length=12)
    giver_city = models.CharField("提供方所在市", max_length=6, blank=True)
    city_code = models.CharField("接受企业所在市", max_length=6)
    patents = models.PositiveIntegerField("专利（件次）")

    class Meta:
        verbose_name = verbose_name_plural = "专利流向"
        ordering = ("-year", "-patents", "id")
        constraints = [
            models.UniqueConstraint(fields=["year", "giver_kind", "giver_city", "city_code"], name="patent_flow_once")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.giver_kind} {self.city_code} {self.patents}"


class RefreshRun(models.Model):
    """One computation of the numbers. `looked_until` is where the next one takes up the changes."""

    kind = models.CharField("方式", max_length=8, choices=RefreshKind)
    looked_until = models.DateTimeField("已取变动至")
    finished_at = models.DateTimeField("完成时间", auto_now_add=True)
    changed_rows = models.PositiveIntegerField("变动明细")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "统计更新"
        ordering = ("-id",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.finished_at}"
