"""The form in which a firm describes its need."""

from typing import Any

from django import forms

from demand.checks.needs import MAX_TEXT, MIN_DESCRIPTION, Need
from demand.enums import CooperationWay
from demand.models import Demand
from portal.ui.fields import WanField


class DemandForm(forms.Form):
    title = forms.CharField(
        label="需求名称",
        max_length=200,
        help_text="用技术术语写明对象和问题，例如：风电齿轮箱行星齿轮渗碳淬火变形控制。",
    )
    description = forms.CharField(
        label="需求描述",
        min_length=MIN_DESCRIPTION,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="现在怎样做、遇到什么技术问题、希望怎样解决。匹配依据名称和描述，术语越具体越准。",
    )
    target_figures = forms.CharField(
        label="目标指标",
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="带单位，例如：耐温不低于 300 ℃，成本下降 20 %。",
    )
    constraints_text = forms.CharField(
        label="限制条件", required=False, max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )
    industry_name = forms.CharField(label="所属行业", required=False, max_length=200)
    cooperation_way = forms.ChoiceField(label="合作方式", choices=CooperationWay.choices, initial=CooperationWay.ANY)
    budget_amount = WanField(
        label="预算（万元）", required=False, max_length=30, help_text="不写单位时按万元计，可不填。"
    )
    wanted_by = forms.DateField(
        label="希望解决时间", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @property
    def need(self) -> Need:
        """What the services take."""
        return Need(**self.cleaned_data)


def initial_of(demand: Demand) -> dict[str, Any]:
    """A need as the form's first values."""
    return {name: getattr(demand, name) for name in DemandForm.base_fields}
