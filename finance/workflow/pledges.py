"""Who may move the registration of a pledge. What the office announces moves it too (actor None)."""

from finance.enums import PledgeState
from portal.accounts.enums import Role
from portal.flow import Flow

RECORDERS = frozenset({Role.PROVINCE, Role.CITY})
PLEDGE_FLOW = Flow(
    dict(PledgeState.choices),
    {
        PledgeState.SUBMITTED: {
            PledgeState.CORRECTION: RECORDERS,
            PledgeState.REGISTERED: RECORDERS,
            PledgeState.REVOKED: RECORDERS,
        },
        PledgeState.CORRECTION: {PledgeState.SUBMITTED: RECORDERS, PledgeState.REVOKED: RECORDERS},
        PledgeState.REGISTERED: {
            PledgeState.CHANGED: RECORDERS,
            PledgeState.CANCELLED: RECORDERS,
            PledgeState.REVOKED: RECORDERS,
        },
        PledgeState.CHANGED: {
            PledgeState.CHANGED: RECORDERS,
            PledgeState.CANCELLED: RECORDERS,
            PledgeState.REVOKED: RECORDERS,
        },
    },
)
