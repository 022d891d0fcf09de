"""Forms of the registration window."""

from typing import Any

from django import forms

from patents.checks.window import parse_numbers
from patents.enums.window import Agency, CaseKind, Channel
from patents.models import WindowCase
from patents.services.window import Filing
from portal.ui.handling import DayInput


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
    has_agent = forms.BooleanField(label="委托代理机构或者经办人办理", required=False)
    has_valuation = forms.BooleanField(label="申请表注明有资产评估报告", required=False)
    is_co_owned = forms.BooleanField(label="专利为共有", required=False)
    is_pledged = forms.BooleanField(label="专利已经质押", required=False)

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


class HandOverForm(forms.Form):
    """The office's receipt."""

    on = forms.DateField(label="转送日期", widget=DayInput())
    receipt_number = forms.CharField(label="国家知识产权局受理号", max_length=40)


class RegisteredForm(forms.Form):
    """What the office registered."""

    registration_number = forms.CharField(label="登记（备案）号", max_length=40)
    registered_on = forms.DateField(label="登记生效日", widget=DayInput())
