"""Kinds of rule versions, rate series and outcomes of a calculation."""

from django.db.models import TextChoices


class CalculationPurpose(TextChoices):
    FORECAST = "forecast", "预计（按期还款假设）"
    CLAIM = "claim", "按实际还款"


class RuleKind(TextChoices):
    INTEREST = "interest_subsidy", "贷款贴息"
    RISK = "risk_compensation", "风险补偿"
    LOAN_PREMIUM = "loan_premium", "质押融资保费补贴"
    PATENT_PREMIUM = "patent_premium", "专利保险保费补贴"
    EVALUATION_FEE = "evaluation_fee", "专利评估费补助"
    CENTRE = "cultivation_grant", "高价值专利培育中心经费"
    NAVIGATION = "navigation_support", "专利导航项目经费"
    CHINA_AWARD = "china_award", "中国专利奖配套奖励"
    SHANDONG_AWARD = "shandong_award", "山东省专利奖奖励"


class RateSeries(TextChoices):
    LPR_1Y = "lpr_1y", "一年期贷款市场报价利率（LPR）"
    PBOC_1Y = "pboc_1y", "人民银行一年期贷款基准利率"
