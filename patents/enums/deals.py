"""Kinds, states and reasons of a deal over patents."""

from django.db.models import TextChoices


class DealKind(TextChoices):
    TRANSFER = "transfer", "转让"
    EXCLUSIVE = "exclusive", "独占许可"
    SOLE = "sole", "排他许可"
    ORDINARY = "ordinary", "普通许可"
    OPEN_LICENCE = "open_licence", "开放许可"
    INVESTMENT = "investment", "作价投资"


LICENCES = frozenset({DealKind.EXCLUSIVE, DealKind.SOLE, DealKind.ORDINARY, DealKind.OPEN_LICENCE})
NON_EXCLUSIVE = frozenset({DealKind.ORDINARY, DealKind.OPEN_LICENCE})
NEGOTIABLE = [choice for choice in DealKind.choices if choice[0] != DealKind.OPEN_LICENCE]
"""What the two sides can talk about: an open licence comes about by notice and payment, not by talks."""


class DealState(TextChoices):
    ENQUIRY = "enquiry", "待答复"
    TALKS = "talks", "洽谈中"
    CONTRACT = "contract", "已签合同"
    RECORDED = "recorded", "已登记备案"
    PAYING = "paying", "到账中"
    CLOSED = "closed", "已完成"
    ENDED = "ended", "已终止"


OPEN_STATES = (DealState.ENQUIRY, DealState.TALKS, DealState.CONTRACT, DealState.RECORDED, DealState.PAYING)
SIGNED_STATES = (DealState.CONTRACT, DealState.RECORDED, DealState.PAYING, DealState.CLOSED)
RUNNING_STATES = (DealState.CONTRACT, DealState.RECORDED, DealState.PAYING)
"""A contract stands and is not done: money can come in, the contract can be amended."""


class EndReason(TextChoices):
    """Why talks came to nothing; structured, so that the causes can be counted."""

    TOO_EARLY = "too_early", "技术尚不成熟"
    BENEFIT_UNCLEAR = "benefit_unclear", "效益不明确"
    ROUTE_UNCLEAR = "route_unclear", "产业化路径不清"
    VAGUE = "vague", "技术说明不清楚"
    TECHNICAL_DOUBT = "technical_doubt", "技术存疑"
    PRICE = "price", "价格未谈拢"
    NOT_FREE = "not_free", "权利不能处分"
    OTHER = "other", "其他"


class Side(TextChoices):
    GIVER = "giver", "转让（许可、出资）方"
    RECEIVER = "receiver", "受让（被许可、接受出资）方"


class PartyKind(TextChoices):
    """What a party was when it signed: indicators count by it."""

    UNIVERSITY = "university", "高等院校"
    INSTITUTE = "institute", "科研院所"
    STATE_FIRM = "state_firm", "国有企业"
    SME = "sme", "中小企业"
    FIRM = "firm", "其他企业"
    PERSON = "person", "个人"


PUBLIC_INSTITUTIONS = frozenset({PartyKind.UNIVERSITY, PartyKind.INSTITUTE})


class Pricing(TextChoices):
    FIXED = "fixed", "固定金额"
    ROYALTY = "royalty", "提成（无固定总额）"
    ENTRY_ROYALTY = "entry_royalty", "入门费加提成"
    FREE = "free", "无偿"


WITH_ROYALTY_PRICING = frozenset({Pricing.ROYALTY, Pricing.ENTRY_ROYALTY})
WITH_VALUE = frozenset({Pricing.FIXED, Pricing.ENTRY_ROYALTY})


class PriceWay(TextChoices):
    AGREEMENT = "agreement", "协议定价"
    LISTING = "listing", "技术交易市场挂牌"
    AUCTION = "auction", "拍卖"
    DECLARED = "declared", "开放许可公告价"


AGREED_WAYS = [choice for choice in PriceWay.choices if choice[0] != PriceWay.DECLARED]
"""How a price is found when a contract is signed; a declared price belongs to an open licence."""


class MoneyKind(TextChoices):
    PRICE = "price", "合同价款（入门费）"
    ROYALTY = "royalty", "提成费"
    SHARES = "shares", "股权（非现金）"


class DocumentKind(TextChoices):
    CONTRACT = "contract", "合同"
    SUPPLEMENT = "supplement", "补充协议"
    NOTICE = "notice", "开放许可书面通知"
    CONSENT = "consent", "同意证明"
    VALUATION = "valuation", "评估报告"
    PUBLICITY = "publicity", "公示材料"
    TECHNICAL_CONTRACT = "technical", "技术合同登记证明"
    RECORD = "record", "登记备案证明"
    RECEIPT = "receipt", "到账凭证"
    COST = "cost", "成本凭证"
    PAYOUT = "payout", "发放凭证"
    OTHER = "other", "其他"


class Audience(TextChoices):
    """Who may open a document, besides the officials of the two sides."""

    BOTH = "both", "双方"
    GIVER = "giver", "仅转让（许可、出资）方"
    RECEIVER = "receiver", "仅受让（被许可、接受出资）方"


class ConsentKind(TextChoices):
    PLEDGEE = "pledgee", "质权人同意"
    CO_OWNER = "co_owner", "共有权利人同意"


class Origin(TextChoices):
    """What brought the two sides together."""

    PATENT_PAGE = "patent_page", "专利页面"
    MATCH = "match", "供需匹配"
    EVENT = "event", "对接活动"
    OFFLINE = "offline", "线下洽谈"
    OPEN_LICENCE = "open_licence", "开放许可"


class ObjectionOutcome(TextChoices):
    OPEN = "open", "处理中"
    REJECTED = "rejected", "不成立"
    UPHELD = "upheld", "成立"


class CostKind(TextChoices):
    VALUATION = "valuation", "评估费"
    BROKERAGE = "brokerage", "中介服务费"
    TAX = "tax", "税费"
    MAINTENANCE = "maintenance", "专利维护费"
    OTHER = "other", "其他直接成本"


class SupplementState(TextChoices):
    """A change of a contract holds once both sides have said so."""

    PROPOSED = "proposed", "待对方确认"
    CONFIRMED = "confirmed", "已生效"
    REFUSED = "refused", "对方未同意"
    WITHDRAWN = "withdrawn", "已撤回"


class WorksheetState(TextChoices):
    DRAFT = "draft", "编制中"
    CONFIRMED = "confirmed", "已确认"
    VOID = "void", "已作废"


class ShareGroup(TextChoices):
    INVENTOR = "inventor", "完成人"
    OFFICE = "office", "转化机构和人员"


class DealClock(TextChoices):
    """What runs while a deal waits for somebody."""

    QUIET = "quiet", "洽谈无进展"
    PUBLICITY = "publicity", "公示期满未签约"
    RECORD_SOON = "record_soon", "备案期限将到"
    RECORD = "record", "未按期备案"
    MONEY = "money", "应付款未到账"


class DealRule(TextChoices):
    """Kinds of dated parameters that deals are judged by."""

    ANSWER_CLOCK = "deal_answer_clock", "意向答复时限"
    PUBLICITY = "deal_price_publicity", "协议定价公示"
    TECHNICAL_CONTRACT = "technical_contract", "技术合同登记编号"
    RECORD_CLOCK = "licence_record_clock", "许可合同备案期限"
    CHASE = "deal_chase", "交易催办时限"
    INVENTOR_SHARE = "inventor_share", "完成人奖励比例下限"
    OFFICE_BONUS = "transfer_office_bonus", "转化机构奖励比例下限"
