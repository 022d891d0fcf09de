"""Interest, reasons and what follows from them."""

from django.db.models import TextChoices


class Side(TextChoices):
    FIRM = "firm", "需求企业"
    HOLDER = "holder", "权利人"


class InterestState(TextChoices):
    OPEN = "open", "待答复"
    ACCEPTED = "accepted", "同意洽谈"
    REFUSED = "refused", "暂不合适"
    WITHDRAWN = "withdrawn", "已撤回"
    ENDED = "ended", "需求已结束"


class RefusalReason(TextChoices):
    """Why a patent is not taken up, or a need not answered; structured, so that causes can be counted."""

    TOO_EARLY = "too_early", "技术尚不成熟"
    BENEFIT_UNCLEAR = "benefit_unclear", "效益不明确"
    ROUTE_UNCLEAR = "route_unclear", "产业化路径不清"
    VAGUE = "vague", "说明不清楚"
    TECHNICAL_DOUBT = "technical_doubt", "技术存疑"
    PRICE = "price", "价格不合适"
    NOT_FREE = "not_free", "权利不能处分"
    OTHER = "other", "其他"


class MaturityState(TextChoices):
    OPEN = "open", "待处理"
    HANDLED = "handled", "已处理"


class AdviserState(TextChoices):
    OPEN = "open", "待安排"
    ARRANGED = "arranged", "已安排"
    ENDED = "ended", "需求已结束"


class JudgementSource(TextChoices):
    REFUSAL = "refusal", "不合适的原因"
    CONTACT = "contact", "同意洽谈"
    OUTCOME = "outcome", "需求结果"
    DEAL = "deal", "成交"


class WatchKind(TextChoices):
    PATENT = "patent", "专利"
    HOLDER = "holder", "权利人"
    FIELD = "field", "技术领域"
