"""Serializer parts that take banks at their word, and at nothing else."""

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

# No sign, no exponent, no digits of other scripts: all of which Decimal would take.
PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")


class StrictSerializer(serializers.Serializer):
    """Refuses fields that it does not know: a misspelt optional field must not be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["未知字段。"] for name in unknown}, code="unknown_field")
        return super().to_internal_value(data)


class ExactDecimalField(serializers.DecimalField):
    """A decimal written as a JSON string: a JSON number has passed through a float in too many programs."""

    default_error_messages = {"not_a_string": '须以字符串表示，例如 "1000000.00"。'}

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("not_a_string")
        if not PLAIN.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": r"^\d{1,14}(\.\d{1,2})?$", "examples": ["1000000.00"]})
class MoneyField(ExactDecimalField):
    """Yuan with at most two places; three places are refused, not rounded."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=16, decimal_places=2, **kwargs)


@extend_schema_field({"type": "string", "pattern": r"^[01](\.\d{1,6})?$", "examples": ["0.0365"]})
class FractionField(ExactDecimalField):
    """A rate or share as a fraction of one, at most six places: 3.65 % is "0.0365"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=7, decimal_places=6, min_value=Decimal(0), max_value=Decimal(1), **kwargs)
