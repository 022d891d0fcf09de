"""Kinds and states of an event."""

from django.db.models import TextChoices


class EventKind(TextChoices):
    ROADSHOW = "roadshow", "专利技术路演"
    MATCHING = "matching", "供需对接会"
    BANK_MEETING = "bank_meeting", "银企对接（入园惠企）"
    TRAINING = "training", "培训"


class EventState(TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    CANCELLED = "cancelled", "已取消"
