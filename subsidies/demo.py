"""Subsidy calculations of the demonstration: as the events of the loans cause them, without waiting for a worker."""

import structlog

from finance.models import Loan
from portal.errors import ServiceError
from subsidies.enums import CalculationPurpose
from subsidies.services import calculate_interest

log = structlog.get_logger(__name__)


def load_calculations() -> None:
    """Compute a claim for each repaid loan and a forecast for each that runs, where rates of its time are known."""
    for loan in Loan.objects.order_by("pk"):
        purpose = CalculationPurpose.CLAIM if loan.repaid_on else CalculationPurpose.FORECAST
        try:
            calculate_interest(loan_id=loan.pk, purpose=purpose)
        except ServiceError as refusal:
            log.info("demo_interest_not_computed", loan_id=loan.pk, code=refusal.code)
