"""Form fields for values that people write in several ways, and JSON for people to read."""

import json
import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.errors import Invalid
from portal.money import WAN, parse_amount

_PERCENT = re.compile(r"(100(\.0{1,4})?|[0-9]{1,2}(\.[0-9]{1,4})?)")


class WanField(forms.CharField):
    """An amount as people write it, taken as 万元 where no unit is written; cleaned to yuan, None when empty."""

    unit = "万元"

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_amount(text, unit=self.unit)
        except Invalid as error:
            raise ValidationError(error.message) from error

    def run_validators(self, value: Any) -> None:
        """Leave out those of the text: the value is an amount by now."""

    def prepare_value(self, value: Any) -> Any:
        return f"{(value / WAN).normalize():f}" if hasattr(value, "normalize") else value


class YuanField(WanField):
    """An amount taken as yuan where no unit is written: money that was paid is known to the fen."""

    unit = "元"

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}" if hasattr(value, "normalize") else value


class PercentField(forms.CharField):
    """A share as people write it (70, 70%, 33.3333), cleaned to a fraction with six places, None when empty."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        plain = "".join(unicodedata.normalize("NFKC", text).split()).removesuffix("%")
        if not _PERCENT.fullmatch(plain):
            raise ValidationError("请填写 0 至 100 之间的百分数，最多四位小数，例如 33.3333。")
        return (Decimal(plain) / 100).quantize(Decimal("0.000001"))

    def run_validators(self, value: Any) -> None:
        """Leave out those of the text: the value is a fraction by now."""

    def prepare_value(self, value: Any) -> Any:
        return f"{(value * 100).normalize():f}" if hasattr(value, "normalize") else value


def pretty_json(value: Any, encoder: Any = None) -> SafeString:
    """JSON for people: indented, in Chinese as it is."""
    return format_html("<pre>{}</pre>", json.dumps(value, cls=encoder, ensure_ascii=False, indent=2))
