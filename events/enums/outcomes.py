"""What came of an event, how it was linked, and the report about it."""

from django.db.models import TextChoices


class OutcomeKind(TextChoices):
    ENQUIRY = "enquiry", "合作意向"
    DEAL = "deal", "签订合同"
    PROJECT = "project", "融资项目"
    LOAN = "loan", "获得贷款"
    MONEY = "money", "资金到账"


class OutcomeBasis(TextChoices):
    """What the outcome is counted from. Deals and projects are followed as they go on; a statement stands as it is."""

    DEAL = "deal", "平台交易"
    PROJECT = "project", "平台融资项目"
    STATEMENT = "statement", "人工登记"


class OutcomeSource(TextChoices):
    """How it was linked to the event."""

    PAGE = "page", "活动页面"
    CODE = "code", "活动代码"
    PLAN = "plan", "洽谈排桌"
    HAND = "hand", "人工登记"


class ReportState(TextChoices):
    OVERDUE = "overdue", "逾期未报"
    FILED = "filed", "已上报"
