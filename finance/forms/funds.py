"""Forms of operation funds and meetings in the admin."""

from typing import Any

from django import forms

from finance.enums import ExitWay
from finance.models import BankMeeting, OperationFund
from finance.services.funds import FundFacts, MeetingFacts, Movement, found_fund, record_bank_meeting
from patents.models import Patent
from patents.numbers import parse_application_number
from portal.accounts.models import Organisation
from portal.errors import Invalid
from portal.ui.fields import PercentField, YuanField
from portal.ui.handling import DayInput
from portal.ui.recording import RecordingForm


class FundForm(RecordingForm):
    """A fund that is entered into the register."""

    class Meta:
        model = OperationFund
        fields = ("name", "manager", "target_amount", "founded_on", "ends_on", "purpose")
        widgets = {"founded_on": DayInput, "ends_on": DayInput}

    def write(self) -> OperationFund:
        """Enter it."""
        return found_fund(facts=FundFacts(**self.cleaned_data), by=self.by)


class MovementForm(forms.Form):
    """Money that moved."""

    amount = YuanField(label="金额（元）", max_length=30)
    on = forms.DateField(label="日期", widget=DayInput())
    number = forms.CharField(label="凭证号", max_length=60)
    party = forms.CharField(label="对方", max_length=200, required=False)

    @staticmethod
    def movement(data: dict[str, Any]) -> Movement:
        """What the service takes."""
        return Movement(data["amount"], data["on"], data["number"], data.get("party", ""))


class InvestForm(MovementForm):
    """One of a patent, by its number, and a firm, by its credit code."""

    patent = forms.CharField(label="专利申请号", max_length=30, required=False, help_text="投资专利的填写。")
    firm = forms.CharField(label="企业统一社会信用代码", max_length=18, required=False, help_text="投资企业的填写。")
    share = PercentField(label="持股或者权属比例（%）", max_length=12, required=False)
    note = forms.CharField(label="说明", max_length=500, required=False)

    def clean_patent(self) -> Patent | None:
        """The patent of that number."""
        text = self.cleaned_data["patent"]
        if not text:
            return None
        try:
            number = parse_application_number(text).value
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        found = Patent.objects.filter(number=number).first()
        if found is None:
            raise forms.ValidationError("平台专利库中没有这件专利。")
        return found

    def clean_firm(self) -> Organisation | None:
        """The firm of that code."""
        code = self.cleaned_data["firm"].strip().upper()
        found = Organisation.objects.filter(uscc=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError("平台没有这家企业。")
        return found


class ExitForm(MovementForm):
    way = forms.ChoiceField(label="退出方式", choices=ExitWay.choices)


class MeetingForm(RecordingForm):
    """A meeting that was held."""

    class Meta:
        model = BankMeeting
        fields = (
            "title", "on", "city_code", "place", "institutions", "firms", "intent_count", "intent_amount", "summary",
        )  # fmt: skip
        widgets = {"on": DayInput}

    def write(self) -> BankMeeting:
        """Record it."""
        data = dict(self.cleaned_data)
        institutions, firms = list(data.pop("institutions")), list(data.pop("firms"))
        return record_bank_meeting(facts=MeetingFacts(**data), institutions=institutions, firms=firms, by=self.by)

    def _save_m2m(self) -> None:
        """The service has written who took part."""
