"""Values of patents and what threatens them."""

from django.db.models import TextChoices


class ValuationMethod(TextChoices):
    INCOME = "income", "收益法"
    MARKET = "market", "市场法"
    COST = "cost", "成本法"
    AGREED = "agreed", "双方协商"


class Severity(TextChoices):
    """In rising order."""

    INFO = "info", "提示"
    WATCH = "watch", "关注"
    HIGH = "high", "高"
    CRITICAL = "critical", "严重"


SEVERITIES = tuple(Severity.values)
FINANCE_COLLATERAL = "finance_collateral"
"""Kind of the rule versions that hold the haircut table."""
