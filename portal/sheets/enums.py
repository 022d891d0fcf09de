"""States of an import."""

from django.db.models import TextChoices


class ImportState(TextChoices):
    UPLOADED = "uploaded", "等待检查"
    CHECKING = "checking", "正在检查"
    CHECKED = "checked", "已检查，待确认"
    APPLYING = "applying", "正在入库"
    APPLIED = "applied", "已入库"
    FAILED = "failed", "未能导入"


BUSY = frozenset({ImportState.UPLOADED, ImportState.CHECKING, ImportState.APPLYING})
