"""What stands between an offer and the pool; form, service and page say the same."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from patents.checks.pool import check_listing
from patents.enums import IN_FORCE, TransferWay
from patents.models import Listing, Patent, PatentParty
from patents.queries.legal import status_of
from patents.queries.parties import is_owner, is_party
from portal.accounts.models import Organisation
from portal.errors import Invalid

NEEDED = {
    "maturity": "技术成熟度",
    "problem": "解决的技术问题",
    "effect": "技术效果",
    "application_fields": "应用领域",
    "comparison": "与现有方案的经济性比较",
    "transfer_ways": "转化方式",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
}
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{6,19}", re.ASCII)
PRICE = "意向价格（或者注明面议）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a holder says about a patent it offers; amounts are yuan, a single price has equal limits."""

    maturity: int | None = None
    problem: str = ""
    effect: str = ""
    application_fields: str = ""
    comparison: str = ""
    transfer_ways: Sequence[str] = ()
    price_low_amount: Decimal | None = None
    price_high_amount: Decimal | None = None
    is_price_negotiable: bool = False
    contact_name: str = ""
    contact_phone: str = ""


OFFER_FIELDS = tuple(field.name for field in fields(Offer))


def check_offer(offer: Offer) -> None:
    """Refuse values that no offer can have; what is only missing may be saved as a draft."""
    check_listing(maturity=offer.maturity, price_amount=offer.price_low_amount)
    unknown = [way for way in offer.transfer_ways if way not in TransferWay.values]
    if unknown or len(set(offer.transfer_ways)) != len(offer.transfer_ways):
        raise Invalid("转化方式只能从所列项目中选择，且不能重复。", field="transfer_ways")
    high, low = offer.price_high_amount, offer.price_low_amount
    if high is not None and low is None:
        raise Invalid("填写了价格上限，请同时填写下限；单一价格时两者相同。", field="price_low_amount")
    if high is not None and low is not None and high < low:
        raise Invalid("意向价格上限不能低于下限。", field="price_high_amount")
    if high is not None and high != high.quantize(Decimal("0.01")):
        raise Invalid("意向价格最多保留两位小数。", field="price_high_amount")
    if offer.contact_phone and not _PHONE.fullmatch(offer.contact_phone):
        raise Invalid("联系电话应为手机号码，或者带区号的固定电话。", field="contact_phone")


def missing_in(listing: Listing) -> list[str]:
    """The headings still to fill in before the offer can enter the pool."""
    missing = [label for name, label in NEEDED.items() if not getattr(listing, name)]
    if listing.price_low_amount is None and not listing.is_price_negotiable:
        missing.append(PRICE)
    return missing


def reasons_against_entry(
    patent: Patent, owners: Sequence[PatentParty], organisation: Organisation | None
) -> list[str]:
    """Why the patent cannot enter the pool for this organisation (RULES section 1, pool_entry_requires)."""
    reasons = []
    status = status_of(patent)
    if status not in IN_FORCE:
        reasons.append(f"该专利法律状态为“{status.label}”，须已授权且有效才能入库。")
    elif patent.granted_on is None:
        reasons.append("平台没有该专利的授权公告日，请先补充。")
    if organisation is None:
        reasons.append("提供单位尚未在平台注册。")
        return reasons
    if not owners:
        reasons.append("平台没有该专利的权利人登记，请先补充申请人（专利权人）。")
    elif not is_owner(organisation, owners):
        names = "、".join(owner.name for owner in owners)
        reasons.append(f"登记的专利权人为“{names}”，不是“{organisation.name}”。")
    else:
        reasons += [f"共有人“{owner.name}”尚未同意入库。" for owner in disagreeing(organisation, owners)]
    return reasons


def disagreeing(organisation: Organisation, owners: Iterable[PatentParty]) -> list[PatentParty]:
    """The co-owners whose consent is not on record."""
    return [owner for owner in owners if owner.agreed_on is None and not is_party(organisation, owner)]


def check_agreement(*, agreed_on: dt.date, today: dt.date) -> None:
    """Refuse a consent of a day to come."""
    if agreed_on > today:
        raise Invalid("同意日期不能晚于今天。", field="agreed_on")
