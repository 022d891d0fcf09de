"""Facts of a calculation for people: what each is, its value, and who said so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.accounts.enums import SizeClass
from subsidies.policy.missing import BANK, CITY, FIRM, PROVINCE
from subsidies.policy.simple import GRADES, INSURANCE_KINDS

PORTAL = "平台"
YES_NO = {True: "是", False: "否"}
_LABELS = {
    "claimant.uscc": ("统一社会信用代码", FIRM),
    "claimant.size_class": ("企业规模", FIRM),
    "claimant.city": ("所在地代码", FIRM),
    "claimant.independent_legal_person": ("独立法人", FIRM),
    "claimant.barred": ("在禁止申报期内", PROVINCE),
    "loan.contract_date": ("合同签订日", BANK),
    "loan.drawn_on": ("放款日", BANK),
    "loan.pledge_registered_on": ("质权登记日", BANK),
    "loan.principal": ("贷款本金（元）", BANK),
    "loan.actual_rate": ("年利率", BANK),
    "loan.pledge_share": ("专利质押占比", BANK),
    "loan.borrower_owns_patents": ("质押专利归企业所有", PORTAL),
    "loan.first_time_pledge": ("至少一件专利首次质押", BANK),
    "loan.repaid_as_agreed": ("按约还本付息", BANK),
    "loan.interest_paid": ("已付利息（元）", BANK),
    "premium.kind": ("保险种类", FIRM),
    "premium.number": ("保单号", FIRM),
    "premium.paid": ("已付保费（元）", FIRM),
    "premium.paid_on": ("付款日", FIRM),
    "premium.uplift": ("高价值专利或“一带一路”目标国", FIRM),
    "fee.number": ("发票号", FIRM),
    "fee.paid": ("已付评估费（元）", FIRM),
    "fee.paid_on": ("付款日", FIRM),
    "award.grade": ("获奖等级", PROVINCE),
    "award.won_at_another_level": ("同一专利另获其他层级奖", PROVINCE),
    "award.double_award": ("重复获奖决定", PROVINCE),
    "grant.requested": ("本期经费（元）", PROVINCE),
    "grant.granted_before": ("以前各期（元）", PROVINCE),
    "declaration_year": ("申报年度", PORTAL),
    "granted_this_year": ("本年度已占用限额（元）", PORTAL),
}
_WORDS = {
    "claimant.size_class": dict(SizeClass.choices),
    "premium.kind": INSURANCE_KINDS,
    "award.grade": GRADES,
    "award.double_award": {"paid": "予以奖励", "not_paid": "不重复奖励"},
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact; `who` supplied it."""

    label: str
    value: str
    who: str


def fact_rows(facts: Mapping[str, Any]) -> list[FactRow]:
    """The facts in the order in which they are read, balances and other subsidies a row each; the rule is not one."""
    return list(_rows(facts, ""))


def _rows(facts: Mapping[str, Any], path: str) -> Iterator[FactRow]:
    for name, value in facts.items():
        place = f"{path}{name}"
        if isinstance(value, Mapping):
            yield from _rows(value, f"{place}.")
        elif name == "balances":
            yield from (_balance(row) for row in value)
        elif name == "other_interest_subsidies":
            yield from (_other(row) for row in value)
        elif place in _LABELS:
            label, who = _LABELS[place]
            yield FactRow(label, _shown(place, value), who)


def _shown(place: str, value: Any) -> str:
    if isinstance(value, bool):
        return YES_NO[value]
    return str(_WORDS.get(place, {}).get(value, value)) or "未填报"


def _balance(row: Mapping[str, Any]) -> FactRow:
    late = "，逾期不计" if row.get("in_default") else ""
    rate = f"，年利率 {row['rate']}" if row.get("rate") else ""
    return FactRow("本金余额", f"{row['from']} 至 {row['to']}：{row['principal']} 元{rate}{late}", BANK)


def _other(row: Mapping[str, Any]) -> FactRow:
    return FactRow("其他财政贴息", f"{row['payer']} {row['amount']} 元，{row['paid_on']}", CITY)
