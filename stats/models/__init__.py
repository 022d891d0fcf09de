"""The tables of the statistics, a file per part."""

from stats.models.bulletins import Bulletin, BulletinReceipt
from stats.models.collection import CitySheet, CollectionForm, CollectionPeriod
from stats.models.evaluation import CityEvaluation, EvaluationAppeal, EvaluationScheme
from stats.models.figures import CountedRow, HistoricFigure, IndicatorValue, PatentFlow, RefreshRun
from stats.models.flags import Suspicion
from stats.models.navigation import (
    NavigationApplication,
    NavigationCall,
    NavigationMilestone,
    NavigationProject,
    NavigationReview,
)
from stats.models.products import IntensiveProduct, Product, ProductPatent, ProductYear
from stats.models.rules import Definition
from stats.models.workplan import Chase, Milestone, PlanItem, PlanMeasure, WorkTask

__all__ = [
    "Bulletin",
    "BulletinReceipt",
    "Chase",
    "CityEvaluation",
    "CitySheet",
    "CollectionForm",
    "CollectionPeriod",
    "CountedRow",
    "Definition",
    "EvaluationAppeal",
    "EvaluationScheme",
    "HistoricFigure",
    "IndicatorValue",
    "IntensiveProduct",
    "Milestone",
    "NavigationApplication",
    "NavigationCall",
    "NavigationMilestone",
    "NavigationProject",
    "NavigationReview",
    "PatentFlow",
    "PlanItem",
    "PlanMeasure",
    "Product",
    "ProductPatent",
    "ProductYear",
    "RefreshRun",
    "Suspicion",
    "WorkTask",
]
