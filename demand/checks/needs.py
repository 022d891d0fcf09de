"""Validation that forms and services share."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from demand.enums import CooperationWay
from portal import clock
from portal.accounts.enums import RegistrationState
from portal.accounts.models import Organisation
from portal.errors import Conflict, Invalid
from portal.money import FEN

MIN_DESCRIPTION = 20
MAX_TITLE, MAX_TEXT = 200, 5000
MAX_BUDGET = Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class Need:
    """What a firm writes about its need. Budget in yuan."""

    title: str
    description: str
    target_figures: str = ""
    constraints_text: str = ""
    industry_name: str = ""
    cooperation_way: str = CooperationWay.ANY
    budget_amount: Decimal | None = None
    wanted_by: dt.date | None = None


def check_need(need: Need) -> None:
    """Refuse a need that nobody could understand or that contradicts the calendar."""
    if not 1 <= len(need.title.strip()) <= MAX_TITLE:
        raise Invalid(f"需求名称应为 1 至 {MAX_TITLE} 个字。", field="title")
    if len(need.description.strip()) < MIN_DESCRIPTION:
        raise Invalid(f"请用至少 {MIN_DESCRIPTION} 个字说明要解决的技术问题，匹配以此为依据。", field="description")
    for field in ("description", "target_figures", "constraints_text"):
        if len(getattr(need, field)) > MAX_TEXT:
            raise Invalid(f"不得超过 {MAX_TEXT} 个字。", field=field)
    if need.cooperation_way not in CooperationWay.values:
        raise Invalid("未知的合作方式。", field="cooperation_way")
    budget = need.budget_amount
    if budget is not None and (not 0 <= budget <= MAX_BUDGET or budget != budget.quantize(FEN)):
        raise Invalid("预算不能为负数、最多保留两位小数；如数额过大请核对单位。", field="budget_amount")


def check_wanted_by(wanted_by: dt.date | None) -> None:
    """Refuse a date that has passed; checked when a need is handed in, not when it is read again."""
    if wanted_by is not None and wanted_by < clock.today():
        raise Invalid("希望解决时间不能早于今天。", field="wanted_by")


def check_registered(firm: Organisation | None) -> None:
    """Only a firm that its city has approved takes part."""
    if firm is None or firm.state != RegistrationState.APPROVED:
        raise Conflict("企业注册尚未通过审核，暂不能提交需求。", code="registration_not_approved")
