"""How sure the programme is of what a rule version states."""

from decimal import Decimal

CONFIRMED_FROM = Decimal("0.8")
"""Below this a version is a parameter that officials may replace, and pages say 未经确认."""
