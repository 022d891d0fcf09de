"""Budgets, their entries, and payment batches."""

from django.db.models import TextChoices


class Shortfall(TextChoices):
    """What happens when a budget does not reach for all."""

    FIRST_COME = "first_come", "按审核先后，用完为止"
    PRO_RATA = "pro_rata", "集中结算，不足时按比例压减"


class EntryKind(TextChoices):
    RESERVE = "reserve", "预留"
    RELEASE = "release", "释放（冲回预留）"
    PAY = "pay", "拨付"
    RECOVER = "recover", "追回入账（冲回拨付）"


class BatchState(TextChoices):
    BUILDING = "building", "正在归集"
    READY = "ready", "待导出"
    EXPORTED = "exported", "已送国库"
    CLOSED = "closed", "已回盘"


class LineState(TextChoices):
    WAITING = "waiting", "待回盘"
    PAID = "paid", "成功"
    FAILED = "failed", "失败"
