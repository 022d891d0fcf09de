"""Who decides about a loss: the province approves, the finance department pays."""

from finance.enums import LossState
from portal.accounts.enums import Role
from portal.flow import Flow

LOSS_FLOW = Flow(
    dict(LossState.choices),
    {
        LossState.FOUND: {
            LossState.APPROVED: {Role.PROVINCE},
            LossState.REFUSED: {Role.PROVINCE},
            LossState.WITHDRAWN: set(),
        },
        LossState.APPROVED: {
            LossState.PAID: {Role.FINANCE},
            LossState.REFUSED: {Role.FINANCE},
            LossState.WITHDRAWN: set(),
        },
    },
)
