"""What may become of a suspicion: only an officer of the province moves it."""

from portal.accounts.enums import Role
from portal.flow import Flow
from stats.enums.figures import FlagState

_PROVINCE = [Role.PROVINCE]
SUSPICION_FLOW = Flow(
    labels=dict(FlagState.choices),
    moves={
        FlagState.OPEN: {FlagState.CLEARED: _PROVINCE, FlagState.CONFIRMED: _PROVINCE},
        FlagState.CONFIRMED: {FlagState.CLEARED: _PROVINCE},
        FlagState.CLEARED: {FlagState.CONFIRMED: _PROVINCE},
    },
)
