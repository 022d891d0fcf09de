"""Forms of pools and losses in the admin."""

from django import forms
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from finance.enums import LossPaper
from finance.models import RiskPool
from finance.services.risk import open_pool
from portal.attachments.forms import DocumentField
from portal.regions import CITIES
from portal.ui.fields import YuanField
from portal.ui.handling import DayInput
from portal.ui.recording import RecordingForm


class PoolForm(RecordingForm):
    """A pool that is set up."""

    cities = forms.MultipleChoiceField(
        label="适用城市",
        choices=list(CITIES.items()),
        required=False,
        help_text="不选为全省",
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = RiskPool
        fields = ("name", "basis", "cities", "opened_on")
        widgets = {"opened_on": DayInput}

    def write(self) -> RiskPool:
        """Set it up."""
        return open_pool(by=self.by, **self.cleaned_data)


class ContributionForm(forms.Form):
    amount = YuanField(label="金额（元）", max_length=30)
    on = forms.DateField(label="到账日", widget=DayInput())
    note = forms.CharField(label="说明", max_length=300, required=False)


class EvidenceForm(forms.Form):
    purpose = forms.ChoiceField(label="材料", choices=LossPaper.choices)
    file = DocumentField(label="文件")


class PayForm(forms.Form):
    on = forms.DateField(label="补偿日", widget=DayInput())


class RecoveryForm(forms.Form):
    on = forms.DateField(label="追回日", widget=DayInput())
    gross = YuanField(label="追回金额（元）", max_length=30)
    costs = YuanField(label="追偿费用（元）", max_length=30, help_text="没有填 0。")
    number = forms.CharField(label="凭证号", max_length=60)
