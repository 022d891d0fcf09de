"""The what-if calculator's form: everything comes from the address and nothing is kept."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from portal.accounts.enums import SizeClass
from portal.money import round_fen
from portal.regions import CITIES
from portal.ui.fields import PercentField, WanField, YuanField
from portal.ui.handling import DayInput
from subsidies.policy.interest import YEAR_DAYS
from subsidies.policy.simple import INSURANCE_KINDS

SHOWN_USCC = "91370000000000000A"
"""Stands for a firm that has not said who it is; no rule looks at it."""


class WhatIfForm(forms.Form):
    """A loan as a firm thinks of it, with its insurance if it has one."""

    amount = WanField(label="贷款本金（万元）", max_length=20)
    rate = PercentField(label="贷款年利率（%）", max_length=10)
    contract_date = forms.DateField(label="合同签订日", widget=DayInput())
    days = forms.IntegerField(label="用款天数", min_value=1, max_value=3660, help_text="从放款日到还款日，算头不算尾。")
    share = PercentField(label="专利质押占比（%）", max_length=10, help_text="组合担保的，只补贴专利质押部分。")
    size_class = forms.ChoiceField(label="企业规模", choices=SizeClass.choices)
    city = forms.ChoiceField(label="所在市", choices=list(CITIES.items()))
    granted = YuanField(label="本年度已获贴息（元）", max_length=20, required=False)
    is_independent = forms.BooleanField(label="申报单位是独立法人（不是分公司）", required=False)
    owns_patents = forms.BooleanField(label="质押专利归本企业所有", required=False)
    first_pledge = forms.BooleanField(label="至少一件专利是首次质押", required=False)
    registered_before = forms.BooleanField(label="放款前已办理质押登记", required=False)
    repaid = forms.BooleanField(label="按约还本付息", required=False)
    subsidised = forms.BooleanField(label="同一笔贷款已获其他财政贴息", required=False)
    insurance = forms.ChoiceField(
        label="专利保险种类", choices=[("", "没有投保"), *INSURANCE_KINDS.items()], required=False
    )
    premium = YuanField(label="专利保险保费（元）", max_length=20, required=False)
    uplift = forms.BooleanField(label="高价值专利或“一带一路”目标国", required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the premium where a kind of insurance is chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("insurance") and cleaned.get("premium") is None and not self.errors:
            self.add_error("premium", "请填写保费。")
        return cleaned

    def interest_facts(self) -> dict[str, Any]:
        """The loan in the form of `compute_subsidy`: in full until it is repaid, interest at its rate, actual/360."""
        given = self.cleaned_data
        drawn: dt.date = given["contract_date"]
        end = drawn + dt.timedelta(days=given["days"])
        principal: Decimal = given["amount"]
        registered = drawn if given["registered_before"] else drawn + dt.timedelta(days=1)
        return {
            "claimant": self.claimant(),
            "loan": {
                "contract_date": str(drawn),
                "drawn_on": str(drawn),
                "pledge_registered_on": str(registered),
                "principal": str(principal),
                "actual_rate": str(given["rate"]),
                "pledge_share": str(given["share"]),
                "borrower_owns_patents": given["owns_patents"],
                "first_time_pledge": given["first_pledge"],
                "repaid_as_agreed": given["repaid"],
                "interest_paid": str(round_fen(principal * given["rate"] * given["days"] / YEAR_DAYS)),
                "balances": [{"from": str(drawn), "to": str(end), "principal": str(principal)}],
            },
            "declaration_year": end.year,
            "granted_this_year": str(given["granted"] or "0.00"),
            "other_interest_subsidies": [{"payer": "其他财政资金"}] if given["subsidised"] else [],
            "years_granted": 0,
        }

    def claimant(self) -> dict[str, Any]:
        """The firm."""
        given = self.cleaned_data
        return {
            "uscc": SHOWN_USCC,
            "size_class": given["size_class"],
            "city": given["city"],
            "independent_legal_person": given["is_independent"],
        }

    def premium_facts(self) -> dict[str, Any]:
        """The insurance in the form of `compute_subsidy`."""
        given = self.cleaned_data
        premium = {"kind": given["insurance"], "paid": str(given["premium"]), "uplift": given["uplift"]}
        return {"claimant": self.claimant(), "premium": premium}
