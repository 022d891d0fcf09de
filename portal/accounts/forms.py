"""Sign-up, facts of the organisation, second factor."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password

from portal import regions
from portal.accounts.enums import SELF_REGISTERED, OrganisationKind
from portal.accounts.services import Applicant, FirmFacts
from portal.codes import parse_uscc
from portal.errors import Invalid
from portal.ui.fields import WanField

# The names under which the size rules speak of these figures.
METRIC_FIELDS = {"emp": "employee_count", "rev": "revenue_amount", "assets": "assets_amount"}


class FactsForm(forms.Form):
    """The figures that the size class is computed from."""

    # Optional for holders, but not for firms: the form does not call them so.
    asked_of_some = ("industry_code", "employee_count", "revenue_amount", "assets_amount")

    industry_code = forms.CharField(
        label="国民经济行业代码", max_length=5, required=False, help_text="GB/T 4754，例如 C3512、65；企业必填。"
    )
    employee_count = forms.IntegerField(
        label="从业人员（人）",
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text="企业填写，用于划分企业规模。",
    )
    revenue_amount = WanField(label="上年度营业收入（万元）", required=False, help_text="企业填写，用于划分企业规模。")
    assets_amount = WanField(
        label="资产总额（万元）", required=False, help_text="建筑业、房地产、租赁和商务服务业必填。"
    )
    contact_name = forms.CharField(label="联系人", max_length=50)
    contact_phone = forms.CharField(label="联系电话", max_length=30, help_text="仅审核部门可见。")

    def facts(self) -> FirmFacts:
        given = self.cleaned_data
        return FirmFacts(
            given["industry_code"], given["employee_count"], given["revenue_amount"], given["assets_amount"]
        )

    def refuse(self, refusal: Any) -> None:
        """Show a service's refusal beside the field it names."""
        field = METRIC_FIELDS.get(refusal.field, refusal.field)
        self.add_error(field if field in self.fields else None, refusal.message)


class RegistrationForm(FactsForm):
    """Sign-up of a firm or a holder."""

    kind = forms.ChoiceField(
        label="单位类型", choices=[(kind.value, OrganisationKind(kind).label) for kind in SELF_REGISTERED]
    )
    name = forms.CharField(label="单位名称", max_length=200, help_text="与营业执照或事业单位法人证书一致。")
    uscc = forms.CharField(label="统一社会信用代码", max_length=40, help_text="18 位，系统核对校验位。")
    city_code = forms.ChoiceField(label="所在市", choices=[("", "请选择"), *regions.CITY_CHOICES])
    username = forms.CharField(label="用户名", min_length=4, max_length=50)
    password = forms.CharField(
        label="密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少 10 位，含大写字母、小写字母、数字、符号中的三种。",
    )
    password_again = forms.CharField(
        label="再次输入密码", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    consent = forms.BooleanField(
        label="我已获得本单位授权，同意平台为注册审核、供需匹配和融资服务使用以上信息",
        error_messages={"required": "须同意后才能注册。"},
    )
    field_order = (
        "kind", "name", "uscc", "city_code", "industry_code", "employee_count", "revenue_amount", "assets_amount",
        "contact_name", "contact_phone", "username", "password", "password_again", "consent",
    )  # fmt: skip

    def clean_uscc(self) -> str:
        try:
            return parse_uscc(self.cleaned_data["uscc"])
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("password") != cleaned.get("password_again"):
            self.add_error("password_again", "两次输入的密码不一致。")
        if cleaned.get("kind") == OrganisationKind.SME and not cleaned.get("industry_code"):
            self.add_error("industry_code", "企业须填写国民经济行业代码。")
        return cleaned

    def applicant(self) -> Applicant:
        given = self.cleaned_data
        names = ("kind", "name", "uscc", "city_code", "contact_name", "contact_phone", "username", "password")
        return Applicant(**{name: given[name] for name in names}, facts=self.facts())


class SignInForm(AuthenticationForm):
    """Sign-in; the error does not tell whether the account exists."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "用户名或密码不正确，或单位注册尚未通过审核。连续输错 5 次将锁定 30 分钟。",
    }


class TokenForm(forms.Form):
    """A code of the authenticator."""

    token = forms.CharField(
        label="动态口令",
        min_length=6,
        max_length=6,
        help_text="身份验证器中显示的 6 位数字。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
