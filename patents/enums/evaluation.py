"""Evaluations of a patent's value, and the five kinds of high-value inventions."""

from django.db.models import TextChoices


class Dimension(TextChoices):
    LEGAL = "legal", "法律价值"
    TECHNICAL = "technical", "技术价值"
    ECONOMIC = "economic", "经济价值"


class Scorer(TextChoices):
    """Who gave the values; their scores are shown apart and never averaged together."""

    RULE = "rule", "平台按规则计算"
    OWNER = "owner", "权利人自评"
    EXPERT = "expert", "专家评价"


class EvaluationState(TextChoices):
    OPEN = "open", "评价中"
    CLOSED = "closed", "已完成"
    CANCELLED = "cancelled", "已取消"


class ExpertState(TextChoices):
    ASKED = "asked", "待评价"
    DONE = "done", "已评价"
    RECUSED = "recused", "已回避"


class HighValueKind(TextChoices):
    """The five kinds of RULES section 13; any one makes a valid invention a high-value one."""

    H1 = "H1", "战略性新兴产业的发明专利"
    H2 = "H2", "在海外有同族专利权的发明专利"
    H3 = "H3", "维持年限超过10年的发明专利"
    H4 = "H4", "实现较高质押融资金额的发明专利"
    H5 = "H5", "获得国家科学技术奖或中国专利奖的发明专利"


class Finding(TextChoices):
    MET = "met", "符合"
    NOT_MET = "not_met", "不符合"
    UNSETTLED = "unsettled", "标准未经确认，不能判定"


class EvidenceKind(TextChoices):
    PLEDGE = "pledge", "质押融资"
    STATE_AWARD = "state_award", "国家科学技术奖"
    CHINA_PATENT_AWARD = "china_patent_award", "中国专利奖"


AWARDS = frozenset({EvidenceKind.STATE_AWARD, EvidenceKind.CHINA_PATENT_AWARD})


class EvidenceState(TextChoices):
    WAITING = "waiting", "待核实"
    CONFIRMED = "confirmed", "已核实"
    REFUSED = "refused", "未通过"


class EvaluationRule(TextChoices):
    """Kinds of dated parameters."""

    TABLE = "evaluation_table", "专利价值评价指标表"
    HIGH_VALUE = "high_value_test", "高价值发明专利判定"
