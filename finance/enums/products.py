"""Kinds of intellectual property that a product takes as security."""

from django.db.models import TextChoices


class RightKind(TextChoices):
    INVENTION = "invention", "发明专利"
    UTILITY_MODEL = "utility_model", "实用新型专利"
    DESIGN = "design", "外观设计专利"
    TRADEMARK = "trademark", "注册商标"
    COPYRIGHT = "copyright", "著作权"
    LAYOUT = "layout", "集成电路布图设计"


OTHER_RIGHTS = (RightKind.TRADEMARK, RightKind.COPYRIGHT, RightKind.LAYOUT)
"""Kinds that are no patents: the pool has no register of them, the firm names each."""
