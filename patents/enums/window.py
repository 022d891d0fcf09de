"""What the registration window takes in, and where a case stands."""

from django.db.models import TextChoices


class CaseKind(TextChoices):
    TRANSFER = "transfer", "转让登记"
    LICENCE = "licence", "许可备案"
    PLEDGE = "pledge", "质押登记"


class Channel(TextChoices):
    ONLINE = "online", "网上办理"
    PAPER = "paper", "窗口纸件"


class Agency(TextChoices):
    """The office's two agencies in the province, by the city they sit in."""

    JINAN = "370100", "济南专利代办处"
    QINGDAO = "370200", "青岛专利代办处"


class CaseState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    CORRECTION = "returned", "待补正"
    ACCEPTED = "accepted", "已受理"
    HANDED_OVER = "handed_over", "已转国家知识产权局"
    REGISTERED = "registered", "已登记"
    REFUSED = "refused", "不予办理"
    WITHDRAWN = "withdrawn", "已撤回"


CASE_OPEN = frozenset({CaseState.SUBMITTED, CaseState.CORRECTION, CaseState.ACCEPTED, CaseState.HANDED_OVER})
CASE_EDITABLE = frozenset({CaseState.DRAFT, CaseState.CORRECTION})
WITH_AGENCY = frozenset({CaseState.SUBMITTED, CaseState.ACCEPTED})
"""States in which the window's clock runs."""
