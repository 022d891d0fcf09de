"""Validation that form, import and service share."""

from decimal import Decimal

from portal.errors import Invalid

MAX_TRL = 9


def check_listing(*, maturity: int | None, price_amount: Decimal | None) -> None:
    """Refuse a maturity outside TRL 1-9 and a price below zero or with parts of a fen."""
    if maturity is not None and not 1 <= maturity <= MAX_TRL:
        raise Invalid("技术成熟度应为 1 至 9 级。", field="maturity")
    if price_amount is not None and price_amount < 0:
        raise Invalid("意向价格不能为负数。", field="price_amount")
    if price_amount is not None and price_amount != price_amount.quantize(Decimal("0.01")):
        raise Invalid("意向价格最多保留两位小数。", field="price_amount")
