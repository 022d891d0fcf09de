"""States and kinds of collection forms: figures that only people have."""

from django.db.models import TextChoices


class Cadence(TextChoices):
    QUARTER = "quarter", "按季"
    YEAR = "year", "按年"


class FormState(TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"


class FieldKind(TextChoices):
    COUNT = "count", "整数"
    AMOUNT = "amount", "金额（按元保存）"


class PeriodState(TextChoices):
    OPEN = "open", "填报中"
    CLOSED = "closed", "已结账"


class SheetState(TextChoices):
    WAITING = "waiting", "待填报"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"
    ACCEPTED = "accepted", "已审核"


WITH_CITY = (SheetState.WAITING, SheetState.RETURNED)
