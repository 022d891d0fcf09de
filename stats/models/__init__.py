"""The tables of the statistics, a file per part."""

from stats.models.bulletins import Bulletin, BulletinReceipt
from stats.models.figures import CountedRow, HistoricFigure, IndicatorValue, PatentFlow, RefreshRun
from stats.models.flags import Suspicion
from stats.models.products import IntensiveProduct, Product, ProductPatent, ProductYear
from stats.models.rules import Definition

__all__ = [
    "Bulletin",
    "BulletinReceipt",
    "CountedRow",
    "Definition",
    "HistoricFigure",
    "IndicatorValue",
    "IntensiveProduct",
    "PatentFlow",
    "Product",
    "ProductPatent",
    "ProductYear",
    "RefreshRun",
    "Suspicion",
]
