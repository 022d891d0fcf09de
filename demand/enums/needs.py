"""States of a need and of a match."""

from django.db.models import TextChoices


class DemandState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "已发布"
    EXPIRED = "expired", "已过期"
    CLOSED = "closed", "已结束"


class CooperationWay(TextChoices):
    TRANSFER = "transfer", "受让专利"
    LICENCE = "licence", "许可使用"
    INVESTMENT = "investment", "作价入股"
    DEVELOPMENT = "development", "委托或合作开发"
    ANY = "any", "面议"


class Outcome(TextChoices):
    """What became of a need that was closed."""

    SOLVED_HERE = "solved_here", "通过平台专利解决"
    SOLVED_ELSEWHERE = "solved_elsewhere", "通过其他途径解决"
    SOLVED_INHOUSE = "solved_inhouse", "自行解决"
    UNSOLVED = "unsolved", "未解决，不再征集"
    NOT_NEEDED = "not_needed", "不再需要"


class Comparison(TextChoices):
    AT_LEAST = "ge", "不低于"
    AT_MOST = "le", "不高于"
    ABOVE = "gt", "大于"
    BELOW = "lt", "小于"
    EQUAL = "eq", "等于"
    RAISE_BY = "up", "提高"
    LOWER_BY = "down", "降低"


class Disclosure(TextChoices):
    """Who may read a part of a need, beside the firm and the officials who review it."""

    PUBLIC = "public", "公开"
    RELEASED = "released", "经本企业同意后向指定权利人公开"
    NEVER = "never", "不公开"


class NeedPart(TextChoices):
    """Parts of a need whose disclosure its firm decides on; name, description, industry and way are public."""

    ORGANISATION = "organisation", "企业名称"
    OBJECT = "object_text", "对象或工艺"
    FIGURES = "target_figures", "目标指标"
    CONSTRAINTS = "constraints_text", "限制条件"
    TRIED = "tried_text", "已尝试的办法"
    BUDGET = "budget_amount", "预算"
    WANTED_BY = "wanted_by", "希望解决时间"
    SECRET = "secret_text", "保密说明"


DEFAULT_DISCLOSURE: dict[str, str] = {
    NeedPart.ORGANISATION: Disclosure.PUBLIC,
    NeedPart.OBJECT: Disclosure.PUBLIC,
    NeedPart.FIGURES: Disclosure.PUBLIC,
    NeedPart.CONSTRAINTS: Disclosure.PUBLIC,
    NeedPart.TRIED: Disclosure.PUBLIC,
    NeedPart.BUDGET: Disclosure.NEVER,
    NeedPart.WANTED_BY: Disclosure.PUBLIC,
    NeedPart.SECRET: Disclosure.RELEASED,
}
"""What holds for a part that the firm has not decided on."""


class StrategicIndustry(TextChoices):
    """战略性新兴产业分类（2018），the nine fields."""

    IT = "1", "新一代信息技术产业"
    EQUIPMENT = "2", "高端装备制造产业"
    MATERIALS = "3", "新材料产业"
    BIOLOGY = "4", "生物产业"
    NEW_VEHICLES = "5", "新能源汽车产业"
    NEW_ENERGY = "6", "新能源产业"
    ENVIRONMENT = "7", "节能环保产业"
    DIGITAL = "8", "数字创意产业"
    SERVICES = "9", "相关服务业"


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
    NAMED = "named", "需求点名的专利"
    FIGURES = "figures", "指标"
    MATURITY = "maturity", "成熟度"
    PRICE = "price", "价格与预算"
    WAY = "way", "转化方式"
    CITY = "city", "同城"
    LEGAL = "legal", "法律状态"


class MissingFact(TextChoices):
    """What nobody has stated yet; stating it can raise a match's score."""

    PATENT_VECTOR = "patent_vector", "专利的语义向量正在后台生成"
    NEED_FIGURES = "need_figures", "带单位的目标指标"
    PATENT_FIGURES = "patent_figures", "摘要中写明达到的指标"
    PATENT_MATURITY = "patent_maturity", "技术成熟度"
    PATENT_PRICE = "patent_price", "意向价格"
    NEED_BUDGET = "need_budget", "预算"
    PATENT_WAY = "patent_way", "转化方式"
    PATENT_LEGAL = "patent_legal", "法律状态"
