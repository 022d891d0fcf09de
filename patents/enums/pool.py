"""Kinds and states of a patent."""

from django.db.models import TextChoices


class PatentKind(TextChoices):
    INVENTION = "invention", "发明"
    UTILITY_MODEL = "utility_model", "实用新型"
    DESIGN = "design", "外观设计"


class LegalStatus(TextChoices):
    """RULES section 1, status_model; `unknown` until a gazette or a holder states it."""

    UNKNOWN = "unknown", "状态待核"
    FILED = "filed", "已申请"
    PUBLISHED = "published", "已公布"
    IN_EXAMINATION = "in_examination", "实质审查中"
    GRANTED_PENDING = "granted_pending", "授权待登记"
    VALID = "valid", "有效"
    VALID_FEE_GRACE = "valid_fee_grace", "年费滞纳期"
    REFUSED = "refused", "驳回"
    WITHDRAWN = "withdrawn", "撤回"
    LAPSED_UNPAID = "lapsed_unpaid", "未缴年费终止"
    EXPIRED = "expired", "期限届满"
    ABANDONED = "abandoned", "放弃"
    INVALID = "invalid_whole", "全部无效"


IN_FORCE = frozenset({LegalStatus.VALID, LegalStatus.VALID_FEE_GRACE})


class TransferWay(TextChoices):
    TRANSFER = "transfer", "转让"
    LICENCE = "licence", "许可"
    INVESTMENT = "investment", "作价投资"
    OPEN_LICENCE = "open_licence", "开放许可"
