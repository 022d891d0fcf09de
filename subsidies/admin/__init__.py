"""The admin of subsidies, a file per part."""

from subsidies.admin import awards, calculations, claims, money, rates, rules

__all__ = ["awards", "calculations", "claims", "money", "rates", "rules"]
