"""Forms of the registration of pledges."""

from django import forms

from finance.enums import PledgePaper
from finance.models import PledgeRegistration
from finance.services.pledges import PledgeFacts, submit_pledge
from portal.attachments.forms import DocumentField
from portal.ui.handling import DayInput
from portal.ui.recording import RecordingForm


class PledgeForm(RecordingForm):
    """What was handed in to the office."""

    class Meta:
        model = PledgeRegistration
        fields = ("project", "pledgee", "submitted_on", "secured_amount", "has_agent", "has_valuation", "note")
        widgets = {"submitted_on": DayInput}

    def clean_pledgee(self) -> object:
        """A registration that is handed in names its pledgee."""
        pledgee = self.cleaned_data["pledgee"]
        if pledgee is None:
            raise forms.ValidationError("请选择质权人。")
        return pledgee

    def clean_submitted_on(self) -> object:
        """And the day."""
        day = self.cleaned_data["submitted_on"]
        if day is None:
            raise forms.ValidationError("请填写提交日。")
        return day

    def write(self) -> PledgeRegistration:
        """Record it."""
        data = dict(self.cleaned_data)
        project = data.pop("project")
        return submit_pledge(project_id=project.pk, facts=PledgeFacts(**data), by=self.by)


class AnnounceForm(forms.Form):
    """What the office decided."""

    on = forms.DateField(label="生效日", widget=DayInput())
    note = forms.CharField(label="说明", max_length=500, required=False)


class RegisterForm(AnnounceForm):
    number = forms.CharField(label="质押登记号", max_length=60)


class PledgePaperForm(forms.Form):
    purpose = forms.ChoiceField(label="材料", choices=PledgePaper.choices)
    file = DocumentField(label="文件")
