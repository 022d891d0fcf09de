"""One uploaded sheet on its way in: what it was, who brought it and what came of it."""

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.sheets.enums import BUSY, ImportState

if TYPE_CHECKING:
    from typing import Self


def upload_path(instance: "SheetImport", filename: str) -> str:
    """Where the original is kept: a name nobody can guess, under MEDIA_ROOT, which has no address."""
    return f"sheets/{instance.kind}/{secrets.token_hex(16)}"


class SheetImportQuerySet(models.QuerySet["SheetImport"]):
    def visible_to(self, user: Any) -> "Self":
        """Province: all; a city: those of organisations in it; everybody else: their own organisation's."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(organisation__city_code=user.city_code)
        return self.filter(organisation_id=user.organisation_id)


class SheetImport(models.Model):
    """The provenance of every row that came from it: file, hash, sheet; the row itself keeps its row number."""

    kind = models.CharField("导入类型", max_length=40)
    file = models.FileField("原始文件", upload_to=upload_path, blank=True)
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField("文件指纹", max_length=64, db_index=True)
    size_bytes = models.PositiveBigIntegerField("文件大小（字节）")
    sheet_name = models.CharField("工作表", max_length=100, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上传人",
    )
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    row_count = models.PositiveIntegerField("数据行数", default=0)
    done_count = models.PositiveIntegerField("已处理行数", default=0)
    new_count = models.PositiveIntegerField("新增", default=0)
    unchanged_count = models.PositiveIntegerField("未变", default=0)
    changed_count = models.PositiveIntegerField("补充", default=0)
    repeated_count = models.PositiveIntegerField("表内重复", default=0)
    conflict_count = models.PositiveIntegerField("与已有数据不一致", default=0)
    refused_count = models.PositiveIntegerField("退回行数", default=0)
    blank_count = models.PositiveIntegerField("空行", default=0)
    failure = models.CharField("未能导入的原因", max_length=500, blank=True)
    warning_count = models.PositiveIntegerField("提醒", default=0)
    problems = models.JSONField("问题摘要", default=list, blank=True)
    error_file = models.FileField("错误说明表", upload_to=upload_path, blank=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    checked_at = models.DateTimeField("检查时间", null=True, blank=True)
    applied_at = models.DateTimeField("入库时间", null=True, blank=True)

    objects = SheetImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "表格导入"
        ordering = ("-id",)
        indexes = [models.Index(fields=["organisation", "-id"], name="sheetimport_organisation")]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.get_state_display()}）"

    @property
    def is_busy(self) -> bool:
        """Whether a job is at work, or will be, so that a page should look again."""
        return self.state in BUSY
