"""What a reader asks of the numbers."""

from typing import Any

from django import forms

from portal import regions
from stats.enums.figures import FlagState, Split
from stats.forms.periods import PeriodForm


class BoardForm(PeriodForm):
    """A period, and the indicator on the map."""

    mapped = forms.ChoiceField(label="地图指标", required=False)

    def __init__(self, *args: Any, mapped: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mapped"]
        field.choices = mapped

    def clean_mapped(self) -> str:
        field: Any = self.fields["mapped"]
        return self.cleaned_data["mapped"] or str(field.choices[0][0])


class NumberForm(PeriodForm):
    """Which number is opened."""

    city = forms.ChoiceField(
        label="所在市",
        required=False,
        choices=[("", "全省"), *regions.CITY_CHOICES, (regions.PROVINCE_CODE, "省属（未分市）")],
    )
    split = forms.ChoiceField(label="分项", required=False, choices=[("", "全部"), *Split.choices])
    flagged = forms.ChoiceField(
        label="存疑", required=False, choices=[("", "全部明细"), ("1", "只看存疑"), ("0", "不含存疑")]
    )


class DecisionForm(forms.Form):
    """What an officer made of a suspicion."""

    state = forms.ChoiceField(
        label="核实结论", choices=[(FlagState.CLEARED, "排除"), (FlagState.CONFIRMED, "确认存疑")]
    )
    reason = forms.CharField(
        label="核实情况和理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明核实情况和理由。"},
    )


class BulletinForm(forms.Form):
    """A bulletin to be frozen: the period and what is said around the numbers."""

    title = forms.CharField(label="标题", max_length=200)
    year = forms.TypedChoiceField(label="年份", coerce=int)
    quarter = forms.TypedChoiceField(
        label="季度",
        coerce=int,
        choices=[(0, "全年（累计）"), (1, "第一季度"), (2, "第二季度"), (3, "第三季度"), (4, "第四季度")],
    )
    opening = forms.CharField(
        label="正文开头", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=3000
    )
    demands = forms.CharField(
        label="工作要求", required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=3000
    )

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["year"]
        field.choices = [(year, f"{year} 年") for year in years]


class RevisionForm(forms.Form):
    """Why a bulletin is corrected."""

    reason = forms.CharField(
        label="更正原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明更正原因。"},
    )


class HistoryForm(forms.Form):
    """A sheet of numbers from before the portal."""

    file = forms.FileField(label="历史数表格", error_messages={"required": "请选择文件。"})
    corrects = forms.BooleanField(label="更正已有历史数", required=False)
