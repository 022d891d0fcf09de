"""How far a table plan has come, and what the sides want of one another."""

from django.db.models import TextChoices


class PlanState(TextChoices):
    QUEUED = "computing", "正在计算"
    READY = "ready", "已排出，未公布"
    PUBLISHED = "published", "已公布"
    FAILED = "failed", "未能排出"


class WishKind(TextChoices):
    MUST = "must", "一定要见"
    LIKE = "like", "希望见"
    NO = "no", "不见"
