"""The admin of the statistics, a file per part."""

from stats.admin.collection import CitySheetAdmin, CollectionFormAdmin, CollectionPeriodAdmin
from stats.admin.evaluation import CityEvaluationAdmin, EvaluationAppealAdmin, EvaluationSchemeAdmin
from stats.admin.navigation import (
    NavigationApplicationAdmin,
    NavigationCallAdmin,
    NavigationMilestoneAdmin,
    NavigationProjectAdmin,
)
from stats.admin.numbers import BulletinReceiptAdmin, DefinitionAdmin, HistoricFigureAdmin, SuspicionAdmin
from stats.admin.products import IntensiveProductAdmin, ProductAdmin, ProductYearAdmin
from stats.admin.workplan import ChaseAdmin, MilestoneAdmin, PlanMeasureAdmin, WorkTaskAdmin

__all__ = [
    "BulletinReceiptAdmin",
    "ChaseAdmin",
    "CityEvaluationAdmin",
    "CitySheetAdmin",
    "CollectionFormAdmin",
    "CollectionPeriodAdmin",
    "DefinitionAdmin",
    "EvaluationAppealAdmin",
    "EvaluationSchemeAdmin",
    "HistoricFigureAdmin",
    "IntensiveProductAdmin",
    "MilestoneAdmin",
    "NavigationApplicationAdmin",
    "NavigationCallAdmin",
    "NavigationMilestoneAdmin",
    "NavigationProjectAdmin",
    "PlanMeasureAdmin",
    "ProductAdmin",
    "ProductYearAdmin",
    "SuspicionAdmin",
    "WorkTaskAdmin",
]
