"""Patent awards."""

from django.db.models import TextChoices

from subsidies.enums.rules import RuleKind


class AwardLevel(TextChoices):
    CHINA = "china", "中国专利奖"
    SHANDONG = "shandong", "山东省专利奖"


class AwardGrade(TextChoices):
    GOLD = "gold", "金奖"
    SILVER = "silver", "银奖"
    EXCELLENT = "excellent", "优秀奖"
    SPECIAL = "special", "特别奖"
    FIRST = "first", "一等奖"
    SECOND = "second", "二等奖"
    THIRD = "third", "三等奖"


class DoubleDecision(TextChoices):
    """Of a patent that won at both levels: whether this award is paid."""

    PAID = "paid", "予以奖励"
    NOT_PAID = "not_paid", "不重复奖励"


KIND_OF_LEVEL = {AwardLevel.CHINA: RuleKind.CHINA_AWARD, AwardLevel.SHANDONG: RuleKind.SHANDONG_AWARD}
