"""Forms of the reform register."""

from typing import Any

from django import forms

from patents.enums.reform import MIN_USE_YEARS, ReformKind
from patents.models import RightsReform
from patents.services.reform import ReformFacts
from portal.ui.handling import DayInput


class ReformForm(forms.Form):
    """An institution's entry."""

    kind = forms.ChoiceField(label="方式", choices=ReformKind.choices)
    title = forms.CharField(label="改革方案或办法名称", max_length=200)
    document_number = forms.CharField(label="文号", max_length=100, required=False)
    adopted_on = forms.DateField(label="施行日", widget=DayInput())
    use_years = forms.IntegerField(
        label="使用权年限（年）",
        min_value=1,
        max_value=99,
        required=False,
        help_text=f"赋予长期使用权的填写，不少于 {MIN_USE_YEARS} 年。",
    )
    has_agreement = forms.BooleanField(
        label="与成果完成人签订书面协议", required=False, help_text="赋予所有权或长期使用权的必须签订。"
    )
    agreement_count = forms.IntegerField(label="已签协议（份）", min_value=0, max_value=99999, initial=0)
    patent_count = forms.IntegerField(label="涉及专利（件）", min_value=0, max_value=999999, initial=0)
    person_count = forms.IntegerField(label="受益科研人员（人）", min_value=0, max_value=999999, initial=0)
    summary = forms.CharField(label="主要做法", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))

    def facts(self) -> ReformFacts:
        """What the services take."""
        return ReformFacts(**self.cleaned_data)


def initial_of(reform: RightsReform) -> dict[str, Any]:
    """An entry as the form's first values."""
    return {name: getattr(reform, name) for name in ReformForm.base_fields}
