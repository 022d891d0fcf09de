"""Forms of open licences and of the fee calculator."""

from decimal import Decimal
from typing import Any

from django import forms

from patents.checks.licences import Declaration, Notice
from patents.enums import STATABLE_OVERLAYS, CnipaState, PaymentKind, RoyaltyBase, Settlement
from patents.models import OpenLicence
from patents.policy.licences import FeeTerms, YearForecast
from patents.workflow.licences import CNIPA_FLOW
from portal import regions
from portal.attachments.forms import DocumentField
from portal.ui.fields import WanField

ANY = [("", "不限")]
CHOOSE = [("", "请选择")]
STATED = [(overlay.value, overlay.label) for overlay in STATABLE_OVERLAYS]
FORECAST_YEARS = 10
PERCENT = Decimal(100)


class DateField(forms.DateField):
    """A date chosen in the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class PercentField(forms.DecimalField):
    """A rate written in per cent; cleaned to a fraction, None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=7, decimal_places=4, min_value=0, max_value=100, **kwargs)

    def clean(self, value: Any) -> Any:
        percent = super().clean(value)
        return None if percent is None else percent / PERCENT

    def prepare_value(self, value: Any) -> Any:
        return f"{(value * PERCENT).normalize():f}" if isinstance(value, Decimal) else value


class TermsForm(forms.Form):
    """How a licence is paid."""

    payment_kind = forms.ChoiceField(label="使用费支付形式", choices=PaymentKind.choices)
    fixed_amount = WanField(
        label="固定费用（万元）", required=False, help_text="一次总付的总额、分期的总额，或入门费。不写单位时按万元计。"
    )
    instalment_count = forms.IntegerField(label="分期数", required=False, min_value=2, max_value=60)
    royalty_base = forms.ChoiceField(label="提成基数", choices=CHOOSE + RoyaltyBase.choices, required=False)
    royalty_rate = PercentField(label="提成比例（%）", required=False)
    minimum_year_amount = WanField(label="年最低使用费（万元）", required=False)
    cap_total_amount = WanField(label="累计付费上限（万元）", required=False, help_text="含入门费，付到上限后不再付。")
    settlement = forms.ChoiceField(
        label="结算周期", choices=CHOOSE + Settlement.choices, required=False, help_text="提成和分期按此周期支付。"
    )

    @property
    def terms(self) -> FeeTerms:
        """The terms that the policy reads."""
        given = self.cleaned_data
        names = [name for name in FeeTerms.__slots__ if name != "kind"]
        return FeeTerms(kind=given["payment_kind"], **{name: given[name] for name in names})


class DeclarationForm(TermsForm):
    """The declaration of a holder."""

    owner_name = forms.CharField(
        label="专利权人", max_length=600, help_text="与专利登记簿一致；共有的全部写明，用分号隔开。"
    )
    payment_way = forms.CharField(
        label="使用费支付方式",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：书面通知之日起十日内汇入本单位账户。不得出现宣传用语。",
    )
    licence_from = DateField(label="许可期限起")
    licence_to = DateField(label="许可期限止")
    other_matters = forms.CharField(
        label="其他需要说明的事项",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="没有请写“无”。",
    )
    report_number = forms.CharField(label="专利权评价报告编号", max_length=60, required=False)
    report_on = DateField(label="评价报告作出日", required=False)
    report_is_positive = forms.BooleanField(label="报告结论为未发现不符合授予专利权条件的缺陷", required=False)
    co_owner_consent = forms.CharField(
        label="共有人同意文件", max_length=300, required=False, help_text="文件名称、文号和日期；没有共有人不填。"
    )
    stated_overlays = forms.MultipleChoiceField(
        label="专利权上现有的负担",
        choices=STATED,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="如实勾选；没有则不选。有独占、排他许可或中止程序的，不能开放许可。",
    )
    pledgee_consent = forms.CharField(
        label="质权人同意文件", max_length=300, required=False, help_text="专利已质押的填写文件名称、文号和日期。"
    )
    is_free_of_state_secrets = forms.BooleanField(label="确认不涉及国家秘密", required=False)
    is_free_of_trade_secrets = forms.BooleanField(label="确认不泄露商业秘密", required=False)
    secrecy_document = forms.CharField(
        label="保密审查文件", max_length=300, required=False, help_text="文件名称、文号和日期，国有企业必填。"
    )

    @property
    def declaration(self) -> Declaration:
        """What the services take."""
        names = [name for name in Declaration.__slots__ if name != "terms"]
        return Declaration(terms=self.terms, **{name: self.cleaned_data[name] for name in names})


def initial_of(licence: OpenLicence) -> dict[str, Any]:
    """A kept declaration as the form's first values."""
    return {name: getattr(licence, name) for name in DeclarationForm.base_fields}


class SubmitForm(forms.Form):
    is_aware_of_warnings = forms.BooleanField(label="已核对上述提示，确认按此声明", required=False)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label="撤回理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    co_owner_consent = forms.CharField(
        label="共有人同意撤回文件", max_length=300, required=False, help_text="共有专利必填。"
    )


class EncumbranceForm(forms.Form):
    stated_overlays = forms.MultipleChoiceField(
        label="专利权上现有的负担", choices=STATED, required=False, widget=forms.CheckboxSelectMultiple
    )
    pledgee_consent = forms.CharField(label="质权人同意文件", max_length=300, required=False)


class CnipaStepForm(forms.Form):
    """A step at CNIPA; the service refuses one that does not follow the last."""

    state = forms.ChoiceField(
        label="办理结果", choices=[pair for pair in CnipaState.choices if pair[0] != CnipaState.NOT_DECLARED]
    )
    done_on = DateField(label="日期")
    number = forms.CharField(label="编号", max_length=60, help_text="受理号、公告号或撤回文件编号。")


class CnipaForm(CnipaStepForm):
    """The next step at CNIPA, of those that follow the last."""

    def __init__(self, *args: Any, licence: OpenLicence, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = CNIPA_FLOW.next_states(licence.cnipa_state, actor=actor)
        self.fields["state"].choices = [(step, CnipaState(step).label) for step in steps]  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """A firm's notice and payment."""

    text = forms.CharField(label="书面通知内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    given_on = DateField(label="书面通知日")
    paid_amount = forms.DecimalField(
        label="已付使用费（元）",
        max_digits=16,
        decimal_places=2,
        min_value=0,
        help_text="精确到分，须与公告的此时应付金额一致。",
    )
    paid_on = DateField(label="付款日", required=False)
    payment_number = forms.CharField(label="付款凭证号", max_length=60, required=False)

    @property
    def notice(self) -> Notice:
        """What the service takes."""
        return Notice(**self.cleaned_data)


class RecordForm(forms.Form):
    recorded_on = DateField(label="备案日")
    record_number = forms.CharField(label="备案编号", max_length=60)


class ReceivedForm(forms.Form):
    received_on = DateField(label="收款日")
    file = DocumentField(label="到账凭证")


class ObstacleForm(forms.Form):
    obstacle = forms.CharField(
        label="其他妨碍实施的情形",
        max_length=300,
        required=False,
        help_text="留空表示解除。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LicenceSearchForm(forms.Form):
    """The search among public licences as it stands in the address."""

    q = forms.CharField(label="专利名称中的词", required=False, max_length=100)
    city = forms.ChoiceField(label="所在市", required=False, choices=ANY + list(regions.CITIES.items()))
    kind = forms.ChoiceField(label="使用费支付形式", required=False, choices=ANY + PaymentKind.choices)

    def wanted(self) -> dict[str, str]:
        """What is asked for; an input that is not among the choices does not narrow."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "words": given.get("q", "").strip(),
            "city_code": given.get("city", ""),
            "payment_kind": given.get("kind", ""),
        }


class CalculatorForm(TermsForm):
    """Terms and what a firm expects year by year."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for year in range(1, FORECAST_YEARS + 1):
            self.fields[f"sales_{year}"] = WanField(label=f"第 {year} 年净销售额（万元）", required=False)
            self.fields[f"profit_{year}"] = WanField(label=f"第 {year} 年利润（万元）", required=False)

    @property
    def year_rows(self) -> list[tuple[int, Any, Any]]:
        """The inputs of each year."""
        return [(year, self[f"sales_{year}"], self[f"profit_{year}"]) for year in range(1, FORECAST_YEARS + 1)]

    @property
    def forecasts(self) -> list[YearForecast]:
        """The years up to the last one that anything was written for."""
        given = self.cleaned_data
        pairs = [(given[f"sales_{year}"], given[f"profit_{year}"]) for year in range(1, FORECAST_YEARS + 1)]
        last = max((place for place, pair in enumerate(pairs, start=1) if pair != (None, None)), default=0)
        zero = Decimal(0)
        return [YearForecast(sales or zero, profit or zero) for sales, profit in pairs[:last]]

    def clean(self) -> dict[str, Any]:
        """Ask for one year at least, and for no negative sales."""
        cleaned = super().clean() or {}
        for year in range(1, FORECAST_YEARS + 1):
            if (cleaned.get(f"sales_{year}") or 0) < 0:
                self.add_error(f"sales_{year}", "净销售额不能为负数。")
        if not self.errors and not self.forecasts:
            self.add_error("sales_1", "请至少填写第 1 年的净销售额或利润。")
        return cleaned
