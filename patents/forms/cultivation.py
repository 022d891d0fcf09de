"""Forms of calls, applications, expert reviews and centres."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from patents.models import CentreApplication, CultivationCall
from patents.services.centres import YearReport
from patents.services.cultivation import CallTerms, CentrePlan, check_terms
from portal.errors import ServiceError
from portal.ui.fields import WanField
from portal.ui.handling import DayInput


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CallForm(forms.ModelForm):
    """A call in the admin; the service writes it."""

    class Meta:
        model = CultivationCall
        fields = ("year", "title", "document_number", "opens_on", "closes_on", "quota", "conditions")

    def terms(self) -> CallTerms:
        """What the service takes."""
        return CallTerms(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """Tell what the service would refuse at its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_terms(self.terms())
            except ServiceError as refusal:
                self.add_error(refusal.field, refusal.message)
        return cleaned


class PlanForm(forms.Form):
    """An application."""

    name = forms.CharField(label="中心名称", max_length=200, help_text="例如：某某大学新材料高价值专利培育中心。")
    technical_field = forms.CharField(label="技术领域", max_length=200)
    leader_name = forms.CharField(label="负责人", max_length=50)
    team_names = forms.CharField(
        label="团队成员", max_length=600, required=False, help_text="用顿号隔开；用于检查专家是否须回避。"
    )
    partner_names = forms.CharField(
        label="合作单位", max_length=600, required=False, help_text="全称，用顿号隔开；这些单位的专家须回避。"
    )
    basis = forms.CharField(label="工作基础", max_length=4000, widget=_text(5))
    plan = forms.CharField(label="培育方案", max_length=6000, widget=_text(7))
    high_value_target = forms.IntegerField(label="培育期内高价值发明专利目标（件）", min_value=1, max_value=9999)
    transfer_target = forms.IntegerField(label="培育期内转化目标（件）", min_value=1, max_value=9999)

    def centre_plan(self) -> CentrePlan:
        """What the services take."""
        return CentrePlan(**self.cleaned_data)


def initial_of(application: CentreApplication) -> dict[str, Any]:
    """An application as the form's first values."""
    return {name: getattr(application, name) for name in PlanForm.base_fields}


class ScoreForm(forms.Form):
    """An expert's points, one field per criterion of the call."""

    def __init__(self, *args: Any, criteria: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [row["code"] for row in criteria]
        for row in criteria:
            self.fields[row["code"]] = forms.IntegerField(
                label=f"{row['label']}（0-{row['max']} 分）", min_value=0, max_value=row["max"]
            )
        self.fields["comment"] = forms.CharField(label="评审意见", max_length=2000, widget=_text(4))
        self.fields["no_conflict"] = forms.BooleanField(
            label="本人与申报单位、负责人、团队和合作单位没有利害关系，独立评审",
            error_messages={"required": "请作出声明；有利害关系的请回避。"},
        )

    def judgement(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        return {
            "scores": {code: data[code] for code in self.codes},
            "comment": data["comment"],
            "no_conflict": data["no_conflict"],
        }


class DeclineForm(forms.Form):
    """Why an expert steps back."""

    reason = forms.CharField(label="回避理由", max_length=300, widget=_text(2))


class ReportForm(forms.Form):
    """A centre's year."""

    year = forms.IntegerField(label="年度", min_value=2021, max_value=2100)
    filed_count = forms.IntegerField(label="申请发明专利（件）", min_value=0, max_value=99999)
    high_value_count = forms.IntegerField(label="形成高价值发明专利（件）", min_value=0, max_value=99999)
    transferred_count = forms.IntegerField(label="转化专利（件）", min_value=0, max_value=99999)
    income_amount = WanField(label="转化到账金额（万元）", max_length=30, help_text="不写单位时按万元计。")
    spent_amount = WanField(label="使用经费（万元）", max_length=30)
    summary = forms.CharField(label="年度工作情况", max_length=4000, widget=_text(5))

    def report(self) -> YearReport:
        """What the service takes."""
        return YearReport(**self.cleaned_data)


class ExpertForm(forms.Form):
    """Whom to ask."""

    username = forms.CharField(label="专家账号", max_length=150, help_text="高校、院所、国有企业或企业的在用账号。")


class RecognitionForm(forms.Form):
    """The decision's document and day."""

    document_number = forms.CharField(label="认定文号", max_length=100)
    recognised_on = forms.DateField(label="认定日", widget=DayInput())


class GrantForm(forms.Form):
    """How much a centre gets."""

    amount = WanField(label="支持金额（万元）", max_length=30, help_text="不超过认定日适用规则的上限。")


class GrantRuleForm(forms.Form):
    """The amount that a document states."""

    document_number = forms.CharField(label="文号", max_length=100)
    article = forms.CharField(
        label="条款原文", max_length=300, widget=_text(2), help_text="载明金额的条、款和原文；显示在经费依据中。"
    )
    max_amount = WanField(label="每家最高金额（万元）", max_length=30)
    in_force_from = forms.DateField(
        label="适用于何日起认定的中心", widget=DayInput(), help_text="文件的生效日；认定日在此之后的中心适用。"
    )


class InstalmentForm(forms.Form):
    """Which part was paid, and when."""

    place = forms.IntegerField(label="期次", min_value=1, max_value=9)
    paid_on = forms.DateField(label="拨付日", widget=DayInput())
