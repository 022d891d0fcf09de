"""Reform of who owns and who profits from what employees invent (plan item 17)."""

from django.db.models import TextChoices


class ReformKind(TextChoices):
    OWNERSHIP = "ownership", "赋予职务科技成果所有权"
    LONG_TERM_USE = "long_term_use", "赋予职务科技成果长期使用权"
    INCOME = "income", "收益分享（股权、期权、分红等）"


class ReformState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待核实"
    RETURNED = "returned", "退回修改"
    CONFIRMED = "confirmed", "已核实"
    ENDED = "ended", "已终止"


REFORM_EDITABLE = frozenset({ReformState.DRAFT, ReformState.RETURNED})
MIN_USE_YEARS = 10
"""Years of a long-term right of use (RULES section 11, empowerment pilot, source S40, confidence 0.9)."""


class ReformDocument(TextChoices):
    RULE = "rule", "改革方案或管理办法"
    AGREEMENT = "agreement", "书面协议"
    OTHER = "other", "其他证明"
