"""Validation of what a supplement changes, against the contract as it holds now."""

from decimal import Decimal

from patents.checks.deals import check_amount, check_past, check_plan, check_text
from patents.enums.deals import WITH_VALUE
from patents.models import DealContract
from patents.policy.deal_terms import SupplementTerms
from portal.errors import Invalid
from portal.money import exact


def check_supplement(terms: SupplementTerms, contract: DealContract, *, received: Decimal) -> None:
    """Refuse a supplement that changes nothing, or that the contract or the money received contradict.

    `received` is what came in of the contract's fixed value, in yuan.
    """
    check_text(terms.number, field="number", label="补充协议编号", limit=60)
    check_text(terms.reason, field="reason", label="变更原因", limit=300)
    check_past(terms.signed_on, field="signed_on", label="签订日期")
    if terms.signed_on < contract.signed_on:
        raise Invalid(f"补充协议不得早于合同签订日 {contract.signed_on}。", field="signed_on")
    if terms.value_amount is None and terms.valid_to is None and not terms.plan:
        raise Invalid("请填写至少一项变更：合同金额、许可期限截止日或付款计划。", field="value_amount")
    _check_value(terms, contract, received)
    _check_term(terms, contract)
    value = contract.value_amount if terms.value_amount is None else terms.value_amount
    if terms.value_amount is not None and not terms.plan and contract.plan.filter(is_current=True).exists():
        raise Invalid("合同有付款计划，变更金额时请一并填写新的付款计划。", field="plan")
    # Lines that are kept from the first plan may be due before the supplement.
    check_plan(terms.plan, value=value, signed_on=contract.signed_on)


def _check_value(terms: SupplementTerms, contract: DealContract, received: Decimal) -> None:
    if terms.value_amount is None:
        return
    if contract.pricing not in WITH_VALUE:
        raise Invalid(f"合同计价方式为“{contract.get_pricing_display()}”，没有固定金额可变更。", field="value_amount")
    check_amount(terms.value_amount, field="value_amount", label="变更后金额")
    if terms.value_amount == contract.value_amount:
        raise Invalid("变更后金额与现在的合同金额相同。", field="value_amount")
    if terms.value_amount < received:
        raise Invalid(
            f"已到账 {exact(received)} 元，超过变更后金额 {exact(terms.value_amount)} 元；"
            "如有登记错误或退款，请先冲销到账。",
            field="value_amount",
        )


def _check_term(terms: SupplementTerms, contract: DealContract) -> None:
    if terms.valid_to is None:
        return
    if contract.valid_to is None:
        raise Invalid("只有许可合同可以变更期限。", field="valid_to")
    if terms.valid_to == contract.valid_to:
        raise Invalid("变更后截止日与现在的截止日相同。", field="valid_to")
    if terms.valid_to < max(terms.signed_on, contract.valid_from):
        raise Invalid("变更后截止日不得早于补充协议签订日。", field="valid_to")
