"""States and terms of an open licence (patent law arts. 50-52)."""

from django.db.models import TextChoices

from patents.enums.legal import Overlay


class OpenLicenceState(TextChoices):
    """Where the declaration stands on this portal; CNIPA's register is another truth, `CnipaState`."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "已登记公开"
    WITHDRAWN = "withdrawn", "已撤回"


class CnipaState(TextChoices):
    """What was done at the national office, as the holder or an official recorded it."""

    NOT_DECLARED = "not_declared", "未向国家知识产权局声明"
    DECLARED = "declared", "已向国家知识产权局提交声明"
    ANNOUNCED = "announced", "国家知识产权局已公告"
    WITHDRAWN = "withdrawn", "已向国家知识产权局撤回"


class PaymentKind(TextChoices):
    ONE_OFF = "one_off", "一次总付"
    INSTALMENTS = "instalments", "总额分期支付"
    ROYALTY = "royalty", "提成支付"
    TWO_TIER = "two_tier", "入门费加提成"


WITH_FIXED = frozenset({PaymentKind.ONE_OFF, PaymentKind.INSTALMENTS, PaymentKind.TWO_TIER})
WITH_ROYALTY = frozenset({PaymentKind.ROYALTY, PaymentKind.TWO_TIER})


class RoyaltyBase(TextChoices):
    NET_SALES = "net_sales", "净销售额"
    PROFIT = "profit", "利润"


class Settlement(TextChoices):
    QUARTER = "quarter", "按季"
    HALF_YEAR = "half_year", "按半年"
    YEAR = "year", "按年"


class AcceptanceState(TextChoices):
    EFFECTIVE = "effective", "已生效，待备案"
    RECORDED = "recorded", "已备案"


STATABLE_OVERLAYS = (
    Overlay.LICENSED_EXCLUSIVE,
    Overlay.LICENSED_SOLE,
    Overlay.PLEDGED,
    Overlay.FROZEN,
    Overlay.OWNERSHIP_DISPUTE,
)
"""What a holder states about its right beside what legal events prove."""


class LicenceRule(TextChoices):
    """Kinds of dated parameters."""

    FEES = "open_licence_fees", "开放许可使用费上限"
    TEXT = "open_licence_text", "开放许可声明用语"
    CLOCK = "open_licence_clock", "开放许可备案期限"
    ANNUITY = "open_licence_annuity", "开放许可年费减缴条件"
