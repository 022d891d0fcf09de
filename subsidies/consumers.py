"""What loans cause: a forecast when money was lent, a claim when it was repaid, without the firm asking."""

import structlog

from portal.errors import ServiceError
from portal.outbox.models import Event
from portal.outbox.registry import consumer
from subsidies.enums import CalculationPurpose
from subsidies.services import calculate_interest

log = structlog.get_logger(__name__)


@consumer("finance.loan.lent")
def forecast_interest(event: Event) -> None:
    """Tell the firm early what the loan will bring if it is repaid as agreed."""
    _calculate(event, CalculationPurpose.FORECAST)


@consumer("finance.loan.repaid")
def claim_interest(event: Event) -> None:
    """Compute the claim from what was repaid."""
    _calculate(event, CalculationPurpose.CLAIM)


def _calculate(event: Event, purpose: str) -> None:
    try:
        calculate_interest(loan_id=event.payload["loan_id"], purpose=purpose)
    except ServiceError as refusal:
        # Trying again cannot mend a missing fact; an official computes anew once it is there.
        log.warning("interest_not_computed", loan_id=event.payload["loan_id"], purpose=purpose, code=refusal.code)
