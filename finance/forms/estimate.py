"""Asking in advance which products would fit."""

from django import forms

from finance.checks.projects import MAX_TERM_MONTHS
from portal.ui.fields import WanField


class EstimateForm(forms.Form):
    amount = WanField(label="融资金额（万元）", max_length=30)
    term_months = forms.IntegerField(label="期限（月）", min_value=1, max_value=MAX_TERM_MONTHS)
