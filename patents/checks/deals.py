"""Validation of what people enter about a deal, shared by forms and services."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from patents.enums import RoyaltyBase
from patents.enums.deals import (
    AGREED_WAYS,
    WITH_ROYALTY_PRICING,
    WITH_VALUE,
    DealKind,
    EndReason,
    MoneyKind,
    Pricing,
    Side,
)
from patents.models import DealContract
from patents.policy.deal_terms import ContractTerms, MoneyFacts, PlanLine, RecordFacts
from portal import clock
from portal.errors import Invalid
from portal.money import FEN, exact

MAX_AMOUNT = Decimal(10) ** 12
MAX_PATENTS = 50
MAX_MESSAGE = 2000
WHOLE = Decimal(1)
SHARE_PLACES = Decimal("0.000001")


def check_amount(amount: Decimal | None, *, field: str, label: str) -> Decimal:
    """Refuse an amount that is missing, not above zero, has parts of a fen, or cannot be meant."""
    if amount is None or amount <= 0 or amount != amount.quantize(FEN):
        raise Invalid(f"{label}应大于零，最多保留两位小数。", field=field)
    if amount >= MAX_AMOUNT:
        raise Invalid(f"{label}超过 {exact(MAX_AMOUNT)} 元，请核对单位。", field=field)
    return amount


def check_past(day: dt.date, *, field: str, label: str) -> None:
    """Refuse a day that is still to come."""
    if day > clock.today():
        raise Invalid(f"{label}不得晚于今天。", field=field)


def check_text(text: str, *, field: str, label: str, limit: int) -> str:
    """The text without blanks around it; refused when empty or too long."""
    text = text.strip()
    if not text:
        raise Invalid(f"请填写{label}。", field=field)
    if len(text) > limit:
        raise Invalid(f"{label}不得超过 {limit} 个字。", field=field)
    return text


def check_choice(value: str, allowed: Sequence[str], *, field: str, label: str) -> None:
    """Refuse a value outside the choices."""
    if value not in allowed:
        raise Invalid(f"请选择{label}。", field=field)


def check_end(reason: str, note: str) -> None:
    """A reason of the list; 其他 needs words."""
    check_choice(reason, EndReason.values, field="end_reason", label="终止原因")
    if reason == EndReason.OTHER and not note.strip():
        raise Invalid("选择“其他”时请说明原因。", field="end_note")


def check_contract(terms: ContractTerms, *, kind: str) -> None:
    """Refuse terms that contradict themselves or the calendar."""
    check_text(terms.number, field="number", label="合同编号", limit=60)
    check_past(terms.signed_on, field="signed_on", label="签订日期")
    if terms.valid_from < terms.signed_on:
        raise Invalid("合同生效日不得早于签订日期。", field="valid_from")
    if terms.valid_to and terms.valid_to < terms.valid_from:
        raise Invalid("许可期限截止日不得早于合同生效日。", field="valid_to")
    check_choice(terms.pricing, Pricing.values, field="pricing", label="计价方式")
    ways = [way for way, _ in AGREED_WAYS]
    check_choice(terms.price_way, ways, field="price_way", label="定价方式")
    if kind == DealKind.INVESTMENT and terms.pricing != Pricing.FIXED:
        raise Invalid("作价投资须填写固定的作价金额。", field="pricing")
    _check_value(terms)
    check_plan(terms.plan, value=terms.value_amount, signed_on=terms.signed_on)
    _check_others(terms)


def _check_value(terms: ContractTerms) -> None:
    if terms.pricing in WITH_VALUE:
        check_amount(terms.value_amount, field="value_amount", label="合同金额")
    elif terms.value_amount:
        raise Invalid("无偿或纯提成的合同没有固定金额，请留空。", field="value_amount")
    if terms.valuation_amount is not None:
        check_amount(terms.valuation_amount, field="valuation_amount", label="评估价")
    has_royalty = terms.royalty_rate is not None or bool(terms.royalty_base)
    if terms.pricing not in WITH_ROYALTY_PRICING:
        if has_royalty:
            raise Invalid("该计价方式没有提成，请清空提成比例和基数。", field="royalty_rate")
        return
    if terms.royalty_rate is None or not 0 < terms.royalty_rate < 1:
        raise Invalid("提成比例应大于 0、小于 100%。", field="royalty_rate")
    check_choice(terms.royalty_base, RoyaltyBase.values, field="royalty_base", label="提成基数")


def check_plan(plan: Sequence[PlanLine], *, value: Decimal | None, signed_on: dt.date) -> None:
    """Refuse lines before `signed_on`, and lines that do not sum to the contract value; no lines is right."""
    for number, line in enumerate(plan, start=1):
        check_amount(line.amount, field="plan", label=f"付款计划第 {number} 行金额")
        if line.due_on < signed_on:
            raise Invalid(f"付款计划第 {number} 行的应付日早于签订日期。", field="plan")
    planned = sum((line.amount for line in plan), Decimal(0))
    if plan and planned != value:
        raise Invalid(
            f"付款计划合计 {exact(planned)} 元，与合同金额 {exact(value or Decimal(0))} 元不一致。", field="plan"
        )


def _check_others(terms: ContractTerms) -> None:
    for number, line in enumerate(terms.others, start=1):
        check_choice(line.side, Side.values, field="others", label=f"其他当事人第 {number} 行的身份")
        check_text(line.name, field="others", label=f"其他当事人第 {number} 行的名称", limit=200)
        if not 0 < line.share < 1 or line.share != line.share.quantize(SHARE_PLACES):
            raise Invalid(f"其他当事人第 {number} 行的份额应大于 0、小于 100%。", field="others")
    for side in Side:
        given = sum((line.share for line in terms.others if line.side == side), Decimal(0))
        if given >= WHOLE:
            raise Invalid(f"{side.label}的份额合计须为 100%，其他当事人不能占满。", field="others")


def check_record(facts: RecordFacts, *, signed_on: dt.date) -> None:
    """Refuse dates before the contract or still to come."""
    check_text(facts.number, field="number", label="登记（备案）号", limit=60)
    check_past(facts.recorded_on, field="recorded_on", label="登记（备案）日")
    check_past(facts.effective_on, field="effective_on", label="生效日")
    if facts.recorded_on < signed_on:
        raise Invalid(f"登记（备案）日不得早于合同签订日 {signed_on}。", field="recorded_on")
    if facts.effective_on < signed_on:
        raise Invalid(f"生效日不得早于合同签订日 {signed_on}。", field="effective_on")


def check_money(facts: MoneyFacts, contract: DealContract, *, kind: str, received: dict[str, Decimal]) -> None:
    """Refuse a payment that the contract cannot bring.

    `received` is what came in before, by kind of money. The fixed part never exceeds the contract value; a royalty
    has no fixed total, and is bounded by nothing but its evidence.
    """
    amount = check_amount(facts.amount, field="amount", label="到账金额")
    check_past(facts.received_on, field="received_on", label="到账日期")
    if facts.received_on < contract.signed_on:
        raise Invalid(f"到账日期不得早于合同签订日 {contract.signed_on}。", field="received_on")
    check_choice(facts.kind, MoneyKind.values, field="kind", label="款项")
    if facts.kind == MoneyKind.ROYALTY:
        if contract.pricing not in WITH_ROYALTY_PRICING:
            raise Invalid("合同没有约定提成，不能登记提成费。", field="kind")
        return
    if facts.kind == MoneyKind.SHARES and kind != DealKind.INVESTMENT:
        raise Invalid("只有作价投资可以登记股权。", field="kind")
    if contract.pricing not in WITH_VALUE:
        raise Invalid(f"合同计价方式为“{contract.get_pricing_display()}”，没有固定价款可登记。", field="kind")
    before = received.get(MoneyKind.PRICE, Decimal(0)) + received.get(MoneyKind.SHARES, Decimal(0))
    value = contract.value_amount or Decimal(0)
    if before + amount > value:
        raise Invalid(
            f"累计到账 {exact(before + amount)} 元超过合同金额 {exact(value)} 元（此前已到账 {exact(before)} 元）。",
            field="amount",
        )


def check_technical_number(number: str, *, digits: int) -> str:
    """The registration number of a technical contract: so many digits, blanks taken out."""
    plain = "".join(number.split())
    if not (plain.isascii() and plain.isdigit() and len(plain) == digits):
        raise Invalid(f"技术合同登记编号应为 {digits} 位数字。", field="technical_contract_number")
    return plain
