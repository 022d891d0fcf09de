"""What a patent of a project was valued at."""

from typing import Any

from django import forms

from finance.enums import ValuationMethod
from finance.models import Project
from portal.ui.fields import WanField


class ValuationForm(forms.Form):
    patent = forms.ChoiceField(label="专利")
    amount = WanField(label="评估价值（万元）", max_length=30)
    method = forms.ChoiceField(label="评估方法", choices=ValuationMethod.choices)
    valuer = forms.CharField(label="评估机构", max_length=200, help_text="双方协商的填写双方名称。")
    valued_on = forms.DateField(label="评估基准日", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    valid_until = forms.DateField(label="有效期至", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pledged = project.collateral.select_related("patent").order_by("id")
        choices = [(row.patent_id, f"{row.patent.display_number} {row.patent.title}") for row in pledged]
        self.fields["patent"].choices = choices  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        return {"patent_id": int(data.pop("patent")), **data}
