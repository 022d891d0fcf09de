"""States of a need and of a match."""

from django.db.models import TextChoices


class DemandState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "已发布"
    CLOSED = "closed", "已结束"


class CooperationWay(TextChoices):
    TRANSFER = "transfer", "受让专利"
    LICENCE = "licence", "许可使用"
    INVESTMENT = "investment", "作价入股"
    DEVELOPMENT = "development", "委托或合作开发"
    ANY = "any", "面议"


class MatchState(TextChoices):
    WAITING = "waiting", "等待匹配"
    MATCHED = "matched", "已匹配"
    NO_GOOD_MATCH = "no_good_match", "暂无合适专利"


class ScorePart(TextChoices):
    """The named parts that a match's score is the sum of, as `demand.ranking` calls them."""

    TITLE_WORDS = "title_words", "名称用词"
    BIGRAMS = "bigrams", "内容用语"
    CHARACTERS = "characters", "用字"
    MEANING = "meaning", "语义相近"
    FIELD = "field", "技术领域"
    FIGURES = "figures", "指标"
    MATURITY = "maturity", "成熟度"
    PRICE = "price", "价格与预算"
    WAY = "way", "转化方式"
    CITY = "city", "同城"
    LEGAL = "legal", "法律状态"


class MissingFact(TextChoices):
    """What nobody has stated yet; stating it can raise a match's score."""

    PATENT_VECTOR = "patent_vector", "专利语义向量（系统后台生成中）"
    NEED_FIGURES = "need_figures", "需求写明带单位的目标指标"
    PATENT_FIGURES = "patent_figures", "专利摘要写明达到的指标"
    PATENT_MATURITY = "patent_maturity", "权利人填写技术成熟度"
    PATENT_PRICE = "patent_price", "权利人填写意向价格"
    NEED_BUDGET = "need_budget", "需求填写预算"
    PATENT_WAY = "patent_way", "权利人填写转化方式"
    PATENT_LEGAL = "patent_legal", "核实专利法律状态"
