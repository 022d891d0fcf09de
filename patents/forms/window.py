"""Forms of the registration window."""

from typing import Any

from django import forms

from patents.checks.window import parse_numbers
from patents.enums import LicenceKind
from patents.enums.deals import LICENCES, DealKind, Side
from patents.enums.window import Agency, CaseKind, Channel
from patents.models import Deal, WindowCase
from patents.services.window import Filing
from portal.ui.fields import WanField
from portal.ui.handling import DayInput

_LICENCE_KIND = {
    DealKind.EXCLUSIVE: LicenceKind.EXCLUSIVE,
    DealKind.SOLE: LicenceKind.SOLE,
    DealKind.ORDINARY: LicenceKind.ORDINARY,
    DealKind.OPEN_LICENCE: LicenceKind.ORDINARY,
}


class FilingForm(forms.Form):
    """What an applicant files."""

    kind = forms.ChoiceField(label="办理事项", choices=CaseKind.choices)
    agency = forms.ChoiceField(label="办理机构", choices=Agency.choices)
    channel = forms.ChoiceField(label="办理方式", choices=Channel.choices)
    numbers = forms.CharField(
        label="专利申请号",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一件，例如 201710601862.3；须是登记在本单位名下的专利。",
    )
    counterpart_name = forms.CharField(
        label="合同对方名称", max_length=200, help_text="受让人、被许可人或者质权人的全称。"
    )
    counterpart_uscc = forms.CharField(
        label="合同对方统一社会信用代码",
        max_length=18,
        required=False,
        help_text="填写后可判断是否适用绿色通道。",
    )
    contract_on = forms.DateField(label="合同签订日", widget=DayInput())
    licence_kind = forms.ChoiceField(
        label="许可种类", required=False, choices=[("", "非许可备案"), *LicenceKind.choices]
    )
    licence_until = forms.DateField(label="许可期限截止日", required=False, widget=DayInput())
    secured_amount = WanField(label="被担保的主债权金额（万元）", required=False, max_length=30)
    has_agent = forms.BooleanField(label="委托代理机构或者经办人办理", required=False)
    has_valuation = forms.BooleanField(label="申请表注明有资产评估报告", required=False)
    is_co_owned = forms.BooleanField(
        label="专利为共有", required=False, help_text="库中登记为共有的，平台自动按共有办理。"
    )
    is_pledged = forms.BooleanField(
        label="专利已经质押", required=False, help_text="库中登记为已质押的，平台自动要求质权人同意的证明。"
    )

    def filing(self) -> Filing:
        """What the services take. Raises Invalid naming the line of a wrong number."""
        data = dict(self.cleaned_data)
        numbers = parse_numbers(data.pop("numbers"))
        data["counterpart_name"] = data["counterpart_name"].strip()
        return Filing(**data, numbers=numbers)

    def clean_counterpart_uscc(self) -> str:
        """The code in capitals, as it is compared."""
        return str(self.cleaned_data["counterpart_uscc"]).strip().upper()

    def refuse(self, refusal: Any) -> None:
        """Show a service's refusal at the field that it names."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


def initial_of(case: WindowCase) -> dict[str, Any]:
    """A case as the form's first values."""
    names = [name for name in FilingForm.base_fields if name != "numbers"]
    lines = [item.patent.display_number for item in case.items.select_related("patent").order_by("id")]
    return {name: getattr(case, name) for name in names} | {"numbers": "\n".join(lines)}


def initial_of_deal(deal: Deal) -> dict[str, Any]:
    """What a signed deal says about its registration, as the form's first values."""
    receiver = deal.parties.get(side=Side.RECEIVER, is_lead=True)
    lines = [item.patent.display_number for item in deal.items.select_related("patent").order_by("id")]
    is_licence = deal.kind in LICENCES
    return {
        "kind": CaseKind.LICENCE if is_licence else CaseKind.TRANSFER,
        "numbers": "\n".join(lines),
        "counterpart_name": receiver.name,
        "counterpart_uscc": receiver.uscc,
        "contract_on": deal.contract.signed_on,
        "licence_kind": _LICENCE_KIND[DealKind(deal.kind)] if is_licence else "",
        "licence_until": deal.contract.valid_to,
    }


class HandOverForm(forms.Form):
    """The office's receipt."""

    on = forms.DateField(label="转送日期", widget=DayInput())
    receipt_number = forms.CharField(label="国家知识产权局受理号", max_length=40)


class RegisteredForm(forms.Form):
    """What the office registered."""

    registration_number = forms.CharField(label="登记（备案）号", max_length=40)
    registered_on = forms.DateField(label="登记生效日", widget=DayInput())
