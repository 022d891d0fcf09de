"""Form fields for values that people write in several ways."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.errors import Invalid
from portal.money import WAN, parse_amount


class WanField(forms.CharField):
    """An amount as people write it, taken as 万元 where no unit is written; cleaned to yuan, None when empty."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_amount(text, unit="万元")
        except Invalid as error:
            raise ValidationError(error.message) from error

    def run_validators(self, value: Any) -> None:
        """Leave out those of the text: the value is an amount by now."""

    def prepare_value(self, value: Any) -> Any:
        return f"{(value / WAN).normalize():f}" if hasattr(value, "normalize") else value
