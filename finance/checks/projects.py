"""What no project can be."""

from collections.abc import Collection
from decimal import Decimal

from portal.accounts.enums import RegistrationState
from portal.accounts.models import Organisation
from portal.errors import Conflict, Invalid
from portal.money import FEN, exact

MAX_TERM_MONTHS = 120
MAX_PATENTS = 20
MAX_AMOUNT = Decimal(10) ** 10


def check_wish(*, amount: Decimal, term_months: int, purpose: str, patent_ids: Collection[int]) -> None:
    """Refuse an amount, a term, a purpose or a number of patents that no project can have."""
    if amount <= 0 or amount != amount.quantize(FEN):
        raise Invalid("融资金额应大于零，最多保留两位小数。", field="amount")
    if amount > MAX_AMOUNT:
        raise Invalid(f"融资金额超过 {exact(MAX_AMOUNT)} 元，请核对单位。", field="amount")
    if not 1 <= term_months <= MAX_TERM_MONTHS:
        raise Invalid(f"期限应为 1 至 {MAX_TERM_MONTHS} 个月。", field="term_months")
    if not purpose.strip():
        raise Invalid("请填写资金用途。", field="purpose")
    if not 1 <= len(patent_ids) <= MAX_PATENTS:
        raise Invalid(f"请选择 1 至 {MAX_PATENTS} 件专利。", field="patents")


def check_registered(firm: Organisation) -> None:
    """Only a firm that its city has approved takes part."""
    if firm.state != RegistrationState.APPROVED:
        raise Conflict("企业注册尚未通过审核，暂不能提交融资项目。", code="registration_not_approved")
