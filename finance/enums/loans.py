"""What happens to a loan, and where it stands."""

from django.db.models import TextChoices


class EntryKind(TextChoices):
    """Kinds of ledger entries. Amounts are never negative: the kind says which way they count."""

    DRAW = "draw", "提款"
    RATE = "rate", "利率调整"
    INTEREST = "interest", "结息"
    REPAYMENT = "repayment", "还款"
    OVERDUE = "overdue", "逾期"
    CURED = "cured", "逾期解除"
    EXTENSION = "extension", "展期"
    BAD_DEBT = "bad_debt", "认定呆账"
    CLOSED = "closed", "结清"
    REVERSAL = "reversal", "冲正"


class LoanState(TextChoices):
    RUNNING = "running", "正常"
    OVERDUE = "overdue", "逾期"
    BAD_DEBT = "bad_debt", "呆账"
    CLOSED = "closed", "已结清"


class Settlement(TextChoices):
    """How often the bank settles interest."""

    MONTH = "month", "按月结息"
    QUARTER = "quarter", "按季结息"
    MATURITY = "maturity", "利随本清"
