"""Forms of navigation calls, applications and projects; experts' forms are those of cultivation centres."""

from typing import Any

from django import forms

from portal.attachments.forms import DocumentField
from portal.errors import ServiceError
from portal.ui.fields import WanField
from portal.ui.handling import DayInput
from stats.models.navigation import NavigationApplication, NavigationCall
from stats.services.navigation import CallTerms, ProjectPlan, check_terms


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CallForm(forms.ModelForm):
    """A call in the admin; the service writes it."""

    class Meta:
        model = NavigationCall
        fields = ("kind", "year", "title", "document_number", "opens_on", "closes_on", "quota", "conditions")

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

    name = forms.CharField(label="项目名称", max_length=200)
    industry = forms.CharField(label="导航产业（园区）", max_length=100)
    leader_name = forms.CharField(label="负责人", max_length=50)
    team_names = forms.CharField(
        label="团队成员", max_length=600, required=False, help_text="用顿号隔开；用于检查专家是否须回避。"
    )
    partner_names = forms.CharField(
        label="合作单位", max_length=600, required=False, help_text="全称，用顿号隔开；这些单位的专家须回避。"
    )
    basis = forms.CharField(label="工作基础", max_length=4000, widget=_text(4))
    plan = forms.CharField(label="实施方案", max_length=6000, widget=_text(6))
    results = forms.CharField(label="预期成果", max_length=4000, widget=_text(4), help_text="写明中小企业如何使用。")
    requested_amount = WanField(label="申请经费（万元）", max_length=30, help_text="不申请经费的填 0。")

    def project_plan(self) -> ProjectPlan:
        """What the services take."""
        return ProjectPlan(**self.cleaned_data)


def initial_of(application: NavigationApplication) -> dict[str, Any]:
    """An application as the form's first values."""
    return {name: getattr(application, name) for name in PlanForm.base_fields}


class ApprovalForm(forms.Form):
    """The decision's document and days."""

    document_number = forms.CharField(label="立项文号", max_length=100)
    approved_on = forms.DateField(label="立项日", widget=DayInput())
    due_on = forms.DateField(label="完成时限", widget=DayInput())


class StepForm(forms.Form):
    """A milestone."""

    title = forms.CharField(label="节点", max_length=200)
    due_on = forms.DateField(label="时限", widget=DayInput())


class SupportForm(forms.Form):
    """How much the project shall get."""

    amount = WanField(
        label="支持经费（万元）", max_length=30, help_text="不超过申请数。能否支付以补贴规则版本是否写明金额为准。"
    )


class ResultForm(forms.Form):
    """What came of it."""

    result = forms.CharField(label="结论或理由", max_length=2000, widget=_text(3))


class ReportForm(forms.Form):
    """A milestone's report."""

    report = forms.CharField(label="报告", max_length=4000, widget=_text(6))
    spent_amount = WanField(label="立项以来累计支出（万元）", max_length=30, help_text="没有支出的填 0。")
    file = DocumentField(label="报告文件", required=False)
