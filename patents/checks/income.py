"""Validation of worksheets, payouts and institutions' own rules."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from patents.checks.deals import check_amount, check_choice, check_past, check_text
from patents.enums.deals import CostKind, ShareGroup
from patents.policy.deal_terms import PayoutFacts, PersonLine, WorksheetTerms
from patents.policy.income import WHOLE, percent
from portal.errors import Invalid
from portal.money import exact

MAX_PEOPLE = 60
MAX_COSTS = 40
SHARE_PLACES = Decimal("0.000001")


def check_worksheet(terms: WorksheetTerms, *, needs_office: bool) -> None:
    """Refuse costs without an amount, and people whose shares do not sum to 100 % in their group."""
    if len(terms.costs) > MAX_COSTS:
        raise Invalid(f"成本最多 {MAX_COSTS} 项。", field="costs")
    for number, cost in enumerate(terms.costs, start=1):
        check_choice(cost.kind, CostKind.values, field="costs", label=f"成本第 {number} 行的类别")
        check_amount(cost.amount, field="costs", label=f"成本第 {number} 行的金额")
        if not cost.evidence:
            raise Invalid(f"成本第 {number} 行缺少凭证。", field="costs")
    if len(terms.people) > MAX_PEOPLE:
        raise Invalid(f"人员最多 {MAX_PEOPLE} 人。", field="people")
    _check_group(terms.people, ShareGroup.INVENTOR)
    if needs_office:
        _check_group(terms.people, ShareGroup.OFFICE)


def _check_group(people: Iterable[PersonLine], group: ShareGroup) -> None:
    members = [person for person in people if person.group == group]
    names = [check_text(person.name, field="people", label=f"{group.label}姓名", limit=60) for person in members]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise Invalid(f"{group.label}“{repeated[0]}”重复，同名的请加以区分。", field="people")
    for person in members:
        if not 0 < person.share <= 1 or person.share != person.share.quantize(SHARE_PLACES):
            raise Invalid(f"“{person.name}”的份额应大于 0、不超过 100%，最多四位小数。", field="people")
    total = sum((person.share for person in members), Decimal(0))
    if total != WHOLE:
        raise Invalid(f"{group.label}的份额合计应为 100%，现为 {percent(total)}。", field="people")


def check_payout(facts: PayoutFacts, *, received_on: dt.date, left: Decimal) -> None:
    """Refuse a payout before the money came in, in the future, or above what is still due."""
    check_amount(facts.amount, field="amount", label="发放金额")
    check_past(facts.paid_on, field="paid_on", label="发放日期")
    if facts.paid_on < received_on:
        raise Invalid(f"发放日期不得早于到账日期 {received_on}。", field="paid_on")
    if facts.amount > left:
        raise Invalid(f"发放金额超过应发余额 {exact(left)} 元。", field="amount")
