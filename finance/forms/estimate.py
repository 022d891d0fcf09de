"""Asking in advance which products would fit."""

from typing import Any

from django import forms

from finance.checks.projects import MAX_TERM_MONTHS
from finance.enums import RightKind
from finance.queries.products import Wish
from portal.ui.fields import WanField


class EstimateForm(forms.Form):
    amount = WanField(label="融资金额（万元）", max_length=30)
    term_months = forms.IntegerField(label="期限（月）", min_value=1, max_value=MAX_TERM_MONTHS)
    right_kinds = forms.MultipleChoiceField(
        label="拟质押的知识产权",
        required=False,
        choices=RightKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    value = WanField(
        label="质押物评估价值（万元）",
        max_length=30,
        required=False,
        help_text="填写后按各产品的最高质押率计算最多可贷多少。",
    )

    def clean_value(self) -> Any:
        """Nothing is pledged at nothing."""
        value = self.cleaned_data["value"]
        if value is not None and value <= 0:
            raise forms.ValidationError("评估价值应大于零。")
        return value

    @property
    def wish(self) -> Wish:
        """What is asked."""
        data = self.cleaned_data
        return Wish(data["amount"], data["term_months"], frozenset(data["right_kinds"]), data["value"])
