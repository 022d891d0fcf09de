"""Forms of the admin."""

from typing import Any

from django import forms

from portal.errors import Invalid
from subsidies.checks.rates import check_rate
from subsidies.models import ReferenceRate


class RateForm(forms.ModelForm):
    """A newly published rate."""

    class Meta:
        model = ReferenceRate
        fields = ("series", "published_on", "known_until", "rate", "source")
        help_texts = {
            "rate": "用小数填写，例如 3.00% 填 0.0300。登记后不能修改：已算的结果以它为据。",
            "known_until": "在这一天之前不会再有新值公布，一般为公布当月月末。",
        }

    def clean(self) -> dict[str, Any]:
        """What the service would refuse is shown beside its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                check_rate(ReferenceRate(**cleaned))
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
        return cleaned
