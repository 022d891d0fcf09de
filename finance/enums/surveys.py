"""What officials ask firms, and what is known of a firm's credit."""

from django.db.models import TextChoices

FINANCE_SCREENING = "finance_screening"
"""Kind of the rule versions that hold the conditions of admission."""


class QuestionKind(TextChoices):
    TEXT = "text", "文字"
    NUMBER = "number", "数字"
    MONEY = "money", "金额（万元）"
    DATE = "date", "日期"
    YES_NO = "yes_no", "是或否"
    CHOICE = "choice", "单选"
    CHOICES = "choices", "多选"


WITH_OPTIONS = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})


class QuestionnaireState(TextChoices):
    DRAFT = "draft", "草稿"
    OPEN = "open", "填报中"
    CLOSED = "closed", "已结束"


class VisitAdvice(TextChoices):
    ADMIT = "admit", "建议入库"
    FOLLOW = "follow", "继续跟进"
    AGAINST = "against", "暂不建议入库"


class CreditKind(TextChoices):
    DISHONEST = "dishonest", "失信被执行人"
    LOAN_OVERDUE = "loan_overdue", "银行贷款逾期"
    TAX = "tax", "欠税和重大税收违法"
    PENALTY = "penalty", "行政处罚"
    ABNORMAL = "abnormal", "经营异常名录"
    LAWSUIT = "lawsuit", "重大涉诉"


class CreditOutcome(TextChoices):
    CLEAN = "clean", "无不良记录"
    ADVERSE = "adverse", "有不良记录"


class RuleOutcome(TextChoices):
    """What a condition of admission comes to. What is not known is never passed, and refuses nobody by itself."""

    PASSED = "passed", "符合"
    FAILED = "failed", "不符合"
    UNKNOWN = "unknown", "没有数据，须人工核实"


class RuleEffect(TextChoices):
    REFUSE = "refuse", "不符合则不能入库"
    NOTE = "note", "仅供审核参考"
