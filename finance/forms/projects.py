"""Forms of the firm's pages and of the review in the admin."""

from typing import Any

from django import forms

from finance.checks.projects import MAX_TERM_MONTHS, parse_rights
from finance.models import Project
from finance.queries.products import lenders_on_sale
from finance.queries.projects import matching_patents, own_patents
from patents.models import Patent
from portal.accounts.models import Organisation
from portal.errors import Invalid
from portal.ui.fields import WanField

CONSENT_PURPOSE = (
    "同意平台将本企业的名称、统一社会信用代码、地址、行业、从业人员数、营业收入、资产总额和企业规模，本项目的融资金额、"
    "期限、用途和上传的材料，以及所选专利和其他知识产权的著录信息和法律状态，提供给上面勾选的金融机构，仅用于知识产权质押融资的受理、评估、放款与贷后管理。"
    "放款前可随时撤回同意，撤回后上述机构不能再查看本项目。"
)


class LenderChoices(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.get_kind_display()}）"


class ProjectForm(forms.Form):
    """A financing project. Patents can be looked for without losing what is filled in (`looked_for`)."""

    amount = WanField(
        label="融资金额（万元）", max_length=30, help_text="不写单位时按万元计；也可写“3000000元”“0.03亿元”。"
    )
    term_months = forms.IntegerField(
        label="期限（月）", min_value=1, max_value=MAX_TERM_MONTHS, help_text="例如一年期填 12。"
    )
    purpose = forms.CharField(
        label="资金用途",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：采购原材料、扩建产线。",
    )
    patent_words = forms.CharField(
        label="查找本企业专利", max_length=60, required=False, help_text="名称或申请号中的字。"
    )
    patents = forms.ModelMultipleChoiceField(
        label="用于质押的专利",
        queryset=Patent.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一件专利。", "invalid_choice": "只能选择登记在本企业名下的专利。"},
    )
    rights = forms.CharField(
        label="其他知识产权",
        max_length=6000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="打包质押的商标、著作权、布图设计，每行一项，例如：注册商标，12345678，岚岱。",
    )
    recipients = LenderChoices(
        label="同意接收本项目信息的金融机构",
        queryset=Organisation.objects.none(),
        error_messages={"required": "请至少选择一家金融机构接收项目信息。"},
    )
    consent = forms.BooleanField(label=CONSENT_PURPOSE, error_messages={"required": "请阅读并勾选同意，否则不能提交。"})

    def __init__(self, *args: Any, firm: Organisation, is_submit: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_submit = is_submit
        # Consent belongs to handing in: a draft is kept without it.
        self.fields["recipients"].required = self.fields["consent"].required = is_submit or not self.is_bound
        self.fields["patents"].queryset = own_patents(firm)  # type: ignore[attr-defined]
        given: Any = self.data if self.is_bound else self.initial
        words = given.get("patent_words")
        chosen = given.getlist("patents") if self.is_bound else given.get("patents", [])
        kept = [int(pk) for pk in chosen if str(pk).isdecimal()]
        shown = matching_patents(firm, (words or "").strip(), kept=kept)
        self.fields["patents"].choices = [(patent.pk, _patent_label(patent)) for patent in shown]  # type: ignore[attr-defined]
        lenders = lenders_on_sale()
        field = self.fields["recipients"]
        field.queryset = Organisation.objects.filter(pk__in=[lender.pk for lender in lenders])  # type: ignore[attr-defined]
        field.choices = [(lender.pk, field.label_from_instance(lender)) for lender in lenders]  # type: ignore[attr-defined]

    def clean_rights(self) -> Any:
        """Read the lines; the first that is none is named."""
        try:
            return parse_rights(self.cleaned_data["rights"])
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    @property
    def wish(self) -> dict[str, Any]:
        """What the services take."""
        data = self.cleaned_data
        return {
            "amount": data["amount"],
            "term_months": data["term_months"],
            "purpose": data["purpose"],
            "patent_ids": [patent.pk for patent in data["patents"]],
            "rights": data["rights"],
        }


def initial_of(project: Project) -> dict[str, Any]:
    """A project as the form's first values. Consent is given anew each time."""
    return {
        "amount": project.amount,
        "term_months": project.term_months,
        "purpose": project.purpose,
        "rights": "\n".join(f"{one.get_kind_display()}，{one.number}，{one.title}" for one in project.rights.all()),
        "patents": list(project.collateral.values_list("patent_id", flat=True)),
        "recipients": list(project.recipients.values_list("pk", flat=True)),
    }


def looked_for(data: Any) -> dict[str, Any]:
    """What the firm had filled in when it asked for other patents, to be shown again unjudged."""
    values: dict[str, Any] = data.dict()
    return values | {name: data.getlist(name) for name in ("patents", "recipients")}


def _patent_label(patent: Patent) -> str:
    return f"{patent.display_number} {patent.title}（{patent.get_kind_display()}，{patent.get_legal_status_display()}）"
