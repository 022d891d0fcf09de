"""Forms of the register of operating bodies."""

from typing import Any

from django import forms

from patents.models import OperatingBody
from patents.services.bodies import BodyFacts, QuarterReport, check_body
from portal.errors import ServiceError
from portal.ui.fields import WanField


class BodyForm(forms.ModelForm):
    """An entry in the admin; the service writes it."""

    class Meta:
        model = OperatingBody
        fields = (
            "kind", "name", "organisation", "city_code", "industry", "founded_on", "document_number", "functions",
            "website",
        )  # fmt: skip

    def facts(self) -> BodyFacts:
        """What the service takes."""
        return BodyFacts(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """Tell what the service would refuse at its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_body(self.facts(), self.instance.pk)
            except ServiceError as refusal:
                self.add_error(refusal.field, refusal.message)
        return cleaned


class QuarterForm(forms.Form):
    """What a body did in a quarter."""

    year = forms.IntegerField(label="年度", min_value=2015, max_value=2100)
    quarter = forms.TypedChoiceField(label="季度", choices=[(str(n), f"第 {n} 季度") for n in range(1, 5)], coerce=int)
    firm_count = forms.IntegerField(label="服务中小企业（家）", min_value=0, max_value=9_999_999)
    match_count = forms.IntegerField(label="促成对接（次）", min_value=0, max_value=9_999_999)
    deal_count = forms.IntegerField(label="促成转让许可（件）", min_value=0, max_value=9_999_999)
    deal_amount = WanField(label="促成交易金额（万元）", max_length=30, help_text="不写单位时按万元计；没有填 0。")
    event_count = forms.IntegerField(label="组织活动（场）", min_value=0, max_value=99_999)
    trained_count = forms.IntegerField(label="培训（人次）", min_value=0, max_value=9_999_999)
    summary = forms.CharField(label="主要工作", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))

    def report(self) -> QuarterReport:
        """What the service takes."""
        return QuarterReport(**self.cleaned_data)
