"""Kinds of rule versions and outcomes of a calculation."""

from django.db.models import TextChoices


class CalculationPurpose(TextChoices):
    FORECAST = "forecast", "预计（按期还款假设）"
    CLAIM = "claim", "按实际还款"
