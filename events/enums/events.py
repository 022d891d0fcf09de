"""Kinds, places and states of an event."""

from django.db.models import TextChoices


class EventKind(TextChoices):
    ROADSHOW = "roadshow", "专利技术路演"
    MATCHING = "matching", "供需对接会"
    BANK_MEETING = "bank_meeting", "银企对接（入园惠企）"
    TRAINING = "training", "培训"
    AGRICULTURE = "agriculture", "涉农专利进县域"


T07_KINDS = frozenset({EventKind.ROADSHOW, EventKind.MATCHING})
"""What target T07 counts (plan item 9: 技术路演对接活动). Whether it also means meetings in agricultural counties is not
said; they are shown beside the count and not in it (own reading, not confirmed)."""


class PlaceKind(TextChoices):
    VENUE = "venue", "会议场所"
    PARK = "park", "产业园区"
    ZONE = "zone", "高新区、集聚发展区"
    COUNTY = "county", "县域"
    ONLINE = "online", "线上"


class EventState(TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    CANCELLED = "cancelled", "已取消"


class SlotKind(TextChoices):
    """What an agenda slot is for; table plans use the slots of kind MEETING."""

    TALK = "talk", "报告、路演"
    MEETING = "meeting", "一对一洽谈"
    BREAK = "break", "休息"
    OTHER = "other", "其他安排"


class ExhibitKind(TextChoices):
    PATENT = "patent", "专利"
    NEED = "need", "技术需求"
    PRODUCT = "product", "金融产品"


class FileKind(TextChoices):
    MATERIAL = "material", "会议材料"
    PHOTO = "photo", "现场照片"
