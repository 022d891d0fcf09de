"""The admin of the statistics, a file per part."""

from stats.admin.products import IntensiveProductAdmin, ProductAdmin, ProductYearAdmin

__all__ = ["IntensiveProductAdmin", "ProductAdmin", "ProductYearAdmin"]
