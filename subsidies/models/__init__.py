"""The tables of subsidies, a file per part."""

from subsidies.models.awards import Award
from subsidies.models.calculations import Calculation, CalculationQuerySet
from subsidies.models.claims import Claim, ClaimComment, ClaimQuerySet, Recusal, Round, SiteCheck
from subsidies.models.disputes import Bar, Objection, Recovery, Reexamination
from subsidies.models.ledger import DoubleFinding, OtherPayment
from subsidies.models.money import Budget, BudgetEntry, PaymentBatch, PaymentLine
from subsidies.models.rates import ReferenceRate
from subsidies.models.rules import SubsidyRule

__all__ = [
    "Award",
    "Bar",
    "Budget",
    "BudgetEntry",
    "Calculation",
    "CalculationQuerySet",
    "Claim",
    "ClaimComment",
    "ClaimQuerySet",
    "DoubleFinding",
    "Objection",
    "OtherPayment",
    "PaymentBatch",
    "PaymentLine",
    "Recovery",
    "Recusal",
    "Reexamination",
    "ReferenceRate",
    "Round",
    "SiteCheck",
    "SubsidyRule",
]
