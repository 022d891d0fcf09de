"""The tables of the statistics, a file per part."""

from stats.models.products import IntensiveProduct, Product, ProductPatent, ProductYear

__all__ = ["IntensiveProduct", "Product", "ProductPatent", "ProductYear"]
