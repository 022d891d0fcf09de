"""Who may answer an interest. Sides are checked by the services."""

from demand.enums import InterestState
from portal.accounts.enums import Role
from portal.flow import Flow

_PARTIES = (Role.SME, Role.HOLDER)
# A need that a city collected has no firm in the portal: its city answers for it.
_ANSWERING = (*_PARTIES, Role.CITY, Role.PROVINCE)

INTEREST_FLOW = Flow(
    dict(InterestState.choices),
    {
        InterestState.OPEN: {
            InterestState.ACCEPTED: _ANSWERING,
            InterestState.REFUSED: _ANSWERING,
            InterestState.WITHDRAWN: _PARTIES,
            # By the portal itself, when the need is over.
            InterestState.ENDED: (),
        },
    },
)
