"""Columns that several tables share."""

from typing import Any

YUAN: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}
"""Amounts of money: yuan, to the fen."""
