"""Forms of a firm's claims, and of what the public says about one."""

from typing import Any

from django import forms

from portal.ui.fields import YuanField
from portal.ui.handling import DayInput
from subsidies.enums import RuleKind
from subsidies.policy.simple import INSURANCE_KINDS
from subsidies.services import Account, Application


class ConfirmForm(forms.Form):
    """Account and consent. The account's name is the firm's: money of a firm goes to no person."""

    bank_name = forms.CharField(label="开户银行", max_length=100, help_text="写到支行，例如：某某银行某某支行。")
    number = forms.CharField(
        label="收款账号",
        max_length=40,
        help_text="须为本单位账户；加密保存，页面和导出只显示末四位，只有拨付文件中出现完整账号。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    consent = forms.BooleanField(
        label="确认以上事实属实，同意公示单位名称、事项和金额；如有虚报，愿意退回资金并承担责任"
    )

    def account(self) -> Account:
        """What the service takes."""
        return Account(self.cleaned_data["bank_name"], self.cleaned_data["number"])


class ApplicationForm(forms.Form):
    """What a firm paid; fields that the round's kind does not ask for are left out."""

    number = forms.CharField(label="保单号", max_length=60, help_text="同一保单或发票只能申报一次。")
    insurance = forms.ChoiceField(label="保险种类", choices=[("", "请选择"), *INSURANCE_KINDS.items()])
    paid = YuanField(label="已付金额（元）", max_length=20, help_text="按发票和付款凭证填写，精确到分。")
    paid_on = forms.DateField(label="付款日", widget=DayInput())
    uplift = forms.BooleanField(label="为高价值专利，或投保目标国为“一带一路”沿线国家", required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != RuleKind.PATENT_PREMIUM:
            del self.fields["insurance"], self.fields["uplift"]
        if kind == RuleKind.EVALUATION_FEE:
            self.fields["number"].label = "评估费发票号"

    def application(self) -> Application:
        """What the service takes."""
        return Application(**self.cleaned_data)


class GroundsForm(forms.Form):
    """Why a firm disputes a result."""

    grounds = forms.CharField(
        label="复核理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="说明哪一项事实或计算有误，并写明正确的数值和依据。",
    )


class ObjectionForm(forms.Form):
    """What somebody says against a claim in publicity."""

    name = forms.CharField(label="姓名或单位", max_length=50)
    contact = forms.CharField(label="联系方式", max_length=100, help_text="仅供主管部门核实，不公开。")
    text = forms.CharField(label="异议内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
