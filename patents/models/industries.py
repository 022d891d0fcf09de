"""Reference tables of classifications with their versions, and the industries that they give each patent."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from patents.columns.models import marks_changes
from patents.enums import TableKind
from patents.models.pool import Patent


class ReferenceTable(models.Model):
    """One version of a table as it was imported; the current one of its kind is what tags are computed by."""

    kind = models.CharField("表", max_length=12, choices=TableKind)
    version = models.CharField("版本", max_length=60)
    is_own = models.BooleanField("平台自拟（未经确认）", default=False)
    is_current = models.BooleanField("现行", default=False)
    row_count = models.PositiveIntegerField("行数", default=0)
    sha256 = models.CharField("文件指纹", max_length=64, blank=True)
    imported_at = models.DateTimeField("导入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "分类参照表"
        ordering = ("kind", "-id")
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="referencetable_version_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(is_current=True), name="referencetable_one_current"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class ReferenceRow(models.Model):
    """A place of the one classification and what it is in the other (or its name)."""

    table = models.ForeignKey(ReferenceTable, on_delete=models.CASCADE, related_name="rows", verbose_name="表")
    place = models.CharField("分类号", max_length=20)
    code = models.CharField("对应代码", max_length=20, blank=True)
    name = models.CharField("名称", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分类参照行"
        constraints = [
            models.UniqueConstraint(fields=["table", "place", "code"], name="referencerow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.code}"


class IndustryTags(models.Model):
    """The industries of one patent, with the version of each table they were computed by.

    A patent whose classes change loses its tags until they are computed anew (a trigger of the patent).
    """

    patent = models.OneToOneField(Patent, on_delete=models.CASCADE, primary_key=True, related_name="industries")
    sei_codes = ArrayField(models.CharField(max_length=20), verbose_name="战略性新兴产业", default=list)
    industry_codes = ArrayField(models.CharField(max_length=20), verbose_name="国民经济行业", default=list)
    intensive_codes = ArrayField(models.CharField(max_length=20), verbose_name="专利密集型产业", default=list)
    sei_table = models.ForeignKey(
        ReferenceTable, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="战略性新兴产业依据"
    )
    industry_table = models.ForeignKey(
        ReferenceTable, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="国民经济行业依据"
    )
    intensive_table = models.ForeignKey(
        ReferenceTable, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="专利密集型产业依据"
    )

    class Meta:
        verbose_name = verbose_name_plural = "专利产业标签"
        triggers = marks_changes("patent_id")

    def __str__(self) -> str:
        return str(self.patent_id)
