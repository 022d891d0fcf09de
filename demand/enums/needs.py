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
    FIELD = "field", "技术领域"
