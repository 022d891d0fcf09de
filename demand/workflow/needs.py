"""Who may move a need from which state to which."""

from demand.enums import DemandState
from portal.accounts.enums import Role
from portal.flow import Flow

# The province reviews too: a sheet of the province holds needs that belong to no city.
REVIEWERS = frozenset({Role.CITY, Role.PROVINCE})
EDITABLE = frozenset({DemandState.DRAFT, DemandState.RETURNED, DemandState.PUBLISHED})

DEMAND_FLOW = Flow(
    dict(DemandState.choices),
    {
        DemandState.DRAFT: {DemandState.SUBMITTED: {Role.SME}, DemandState.CLOSED: {Role.SME}},
        DemandState.RETURNED: {DemandState.SUBMITTED: {Role.SME}, DemandState.CLOSED: {Role.SME}},
        DemandState.SUBMITTED: {
            DemandState.DRAFT: {Role.SME},
            DemandState.PUBLISHED: REVIEWERS,
            DemandState.RETURNED: REVIEWERS,
            DemandState.CLOSED: {Role.SME},
        },
        DemandState.PUBLISHED: {
            DemandState.CLOSED: {Role.SME, *REVIEWERS},
            # By the portal itself, on the day after the last.
            DemandState.EXPIRED: (),
        },
        DemandState.EXPIRED: {
            DemandState.PUBLISHED: {Role.SME, *REVIEWERS},
            DemandState.CLOSED: {Role.SME, *REVIEWERS},
        },
    },
)
