"""Forms of collections."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from portal.ui.fields import WanField
from portal.ui.handling import DayInput
from stats.enums.collection import FieldKind
from stats.models.collection import CitySheet, CollectionForm
from stats.policy.collection import checked_values, jumps
from stats.services.collection import FieldTerms, FormTerms

QUARTER_CHOICES = [("0", "全年"), *((str(number), f"第 {number} 季度") for number in range(1, 5))]


class TermsForm(forms.ModelForm):
    """A form's head in the admin; the service writes it."""

    class Meta:
        model = CollectionForm
        fields = ("title", "cadence", "notice", "factor")

    def terms(self) -> FormTerms:
        """What the service takes."""
        return FormTerms(**self.cleaned_data)


class FieldForm(forms.Form):
    """One figure that is asked for."""

    label = forms.CharField(label="指标名称", max_length=60)
    unit = forms.CharField(label="计量单位", max_length=10, help_text="金额填“万元”，按万元填报、按元保存。")
    kind = forms.ChoiceField(label="类型", choices=FieldKind.choices)
    is_required = forms.BooleanField(label="必填", required=False, initial=True)
    help = forms.CharField(label="填报口径", max_length=200, required=False)

    def terms(self) -> FieldTerms:
        """What the service takes."""
        return FieldTerms(**self.cleaned_data)


class CodeForm(forms.Form):
    """Which figure is dropped."""

    code = forms.CharField(label="指标编号", max_length=10, help_text="上表第一列，例如 f3。")


class PeriodForm(forms.Form):
    """A quarter, or a year."""

    year = forms.IntegerField(label="年度", min_value=2020, max_value=2100)
    quarter = forms.TypedChoiceField(label="季度", choices=QUARTER_CHOICES, coerce=int)


class OpenForm(PeriodForm):
    """A period with its clock."""

    due_on = forms.DateField(label="填报截止日", widget=DayInput())


class ReturnForm(forms.Form):
    """What to change until when."""

    note = forms.CharField(
        label="退回意见",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请填写退回意见，市里据此修改。"},
    )
    due_on = forms.DateField(label="补报截止日", widget=DayInput())


class SheetForm(forms.Form):
    """A city's figures: a field for each of the form's, and a reason where one jumped since the last period."""

    def __init__(self, *args: Any, sheet: CitySheet, before: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.before = sheet, before
        self.asked = sheet.period.form.fields
        for row in self.asked:
            self.fields[row["code"]] = self._field(row)
            # Asked for where the last sending had a jump; without one the box is not shown.
            name = self._reason(row["code"])
            if sheet.explained.get(row["code"]) or (self.is_bound and self.data.get(name) is not None):
                self._ask_reason(row, initial=sheet.explained.get(row["code"], ""))

    def _field(self, row: Mapping[str, Any]) -> forms.Field:
        last = self.before.get(row["code"])
        helps = [row["help"]] if row["help"] else []
        common = {
            "label": f"{row['label']}（{row['unit']}）",
            "required": row["is_required"],
            "initial": self.sheet.values.get(row["code"]),
        }
        if row["kind"] == FieldKind.COUNT:
            helps += [f"上期 {last}"] if last else []
            return forms.IntegerField(min_value=0, max_value=10**15 - 1, help_text="；".join(helps), **common)
        field = WanField(max_length=30, help_text="不写单位时按万元计。", **common)
        shown = field.prepare_value(Decimal(last)) if last else ""
        field.help_text = "；".join([*helps, "不写单位时按万元计", *([f"上期 {shown} 万元"] if shown else [])])
        if common["initial"]:
            field.initial = Decimal(common["initial"])
        return field

    @staticmethod
    def _reason(code: str) -> str:
        return f"why_{code}"

    def _ask_reason(self, row: Mapping[str, Any], *, initial: str = "") -> None:
        self.fields[self._reason(row["code"])] = forms.CharField(
            label=f"{row['label']}：与上期差异的说明", max_length=300, required=False, initial=initial
        )

    def figures(self) -> dict[str, Any]:
        """The figures by code."""
        return {row["code"]: self.cleaned_data.get(row["code"]) for row in self.asked}

    def explained(self) -> dict[str, str]:
        """The reasons by code."""
        return {row["code"]: self.cleaned_data.get(self._reason(row["code"]), "") for row in self.asked}

    def clean(self) -> dict[str, Any]:
        """Ask about all figures that jumped at once, each at its own box."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        stored = checked_values(self.asked, self.figures())
        factor = self.sheet.period.form.factor
        labels = {row["code"]: row for row in self.asked}
        for code in jumps(self.asked, stored, self.before, factor=factor):
            if self.explained()[code].strip():
                continue
            if self._reason(code) not in self.fields:
                self._ask_reason(labels[code])
            self.add_error(
                code, f"与上期相差 {factor} 倍以上，请核对；无误的，请在“与上期差异的说明”中写明原因后再报送。"
            )
        return cleaned
