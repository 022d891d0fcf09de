"""Forms of the work plan."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.dateparse import parse_date

from portal import clock, regions
from portal.attachments.forms import DocumentField
from portal.ui.handling import DayInput
from stats.services.workplan import BreakDown

LINES = forms.Textarea(attrs={"rows": 5})


class BreakDownForm(forms.Form):
    """Who does what by when."""

    year = forms.IntegerField(label="年度", min_value=2021, max_value=2100)
    title = forms.CharField(label="任务", max_length=200)
    department = forms.CharField(
        label="责任单位", max_length=100, help_text="例如：省市场监督管理局、市级知识产权管理部门。"
    )
    cities = forms.MultipleChoiceField(
        label="分解到市",
        choices=regions.CITY_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选的，为省级部门的任务。已有该任务的市不重复生成。",
    )
    starts_on = forms.DateField(label="开始日", widget=DayInput())
    due_on = forms.DateField(label="完成时限", widget=DayInput())
    milestones = forms.CharField(
        label="节点",
        required=False,
        max_length=2000,
        widget=LINES,
        help_text="每行一个，先写日期，例如：2027-06-30 完成调研。不填的，只有“完成任务”一个节点。",
    )

    def clean_milestones(self) -> list[tuple[str, dt.date]]:
        """The lines as (title, day)."""
        found = []
        for line in self.cleaned_data["milestones"].splitlines():
            if not line.strip():
                continue
            day, _, title = line.strip().replace("\u3000", " ").partition(" ")
            try:
                due_on = parse_date(day)
            except ValueError:
                due_on = None
            if due_on is None or not title.strip():
                raise forms.ValidationError(f"“{line.strip()[:40]}”应写成“日期 节点”，例如：2027-06-30 完成调研。")
            found.append((title.strip()[:200], due_on))
        return found

    def plan(self) -> BreakDown:
        """What the service takes."""
        return BreakDown(**self.cleaned_data)


class OwnerForm(forms.Form):
    """Who carries a task."""

    username = forms.CharField(label="责任人账号", max_length=150, help_text="责任单位的管理人员账号。")


class MilestoneForm(forms.Form):
    """One more step."""

    title = forms.CharField(label="节点", max_length=200)
    due_on = forms.DateField(label="时限", widget=DayInput())


class ReportForm(forms.Form):
    """What was done."""

    report = forms.CharField(label="完成情况", max_length=2000, widget=LINES)
    file = DocumentField(label="佐证材料", required=False)


class ChaseForm(forms.Form):
    """What is asked."""

    text = forms.CharField(label="督办内容", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ReplyForm(forms.Form):
    """What is answered."""

    reply = forms.CharField(label="回复", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class YearForm(forms.Form):
    """The year of the tasks that are shown; none means the newest that has some."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown_years = years or [clock.today().year]
        field: Any = self.fields["year"]
        field.choices = [(str(year), f"{year} 年") for year in self.shown_years]

    @property
    def chosen(self) -> int:
        """The year asked for, or the newest."""
        asked = self.cleaned_data.get("year") if self.is_valid() else None
        return asked or self.shown_years[0]
