"""Who may move a project, and its part with one institution, from which state to which."""

from finance.enums import PlacementState, ProjectState
from portal.accounts.enums import Role
from portal.flow import Flow

PROJECT_FLOW = Flow(
    dict(ProjectState.choices),
    {
        ProjectState.DRAFT: {ProjectState.SUBMITTED: {Role.SME}, ProjectState.CLOSED: {Role.SME}},
        ProjectState.RETURNED: {ProjectState.SUBMITTED: {Role.SME}, ProjectState.CLOSED: {Role.SME}},
        ProjectState.SUBMITTED: {
            ProjectState.ADMITTED: {Role.CITY},
            ProjectState.RETURNED: {Role.CITY},
            ProjectState.CLOSED: {Role.SME},
        },
        # Closing takes the consent back (PIPL art. 15): after a loan there is a contract, and no way back.
        ProjectState.ADMITTED: {
            ProjectState.LENT: {Role.BANK},
            ProjectState.LAPSED: set(),
            ProjectState.CLOSED: {Role.SME},
        },
        ProjectState.LAPSED: {ProjectState.SUBMITTED: {Role.SME}, ProjectState.CLOSED: {Role.SME}},
        ProjectState.LENT: {ProjectState.REPAID: {Role.BANK}},
    },
)

PLACEMENT_FLOW = Flow(
    dict(PlacementState.choices),
    {
        PlacementState.PUSHED: {
            PlacementState.ACCEPTED: {Role.BANK},
            PlacementState.REFUSED: {Role.BANK},
            PlacementState.WITHDRAWN: set(),
        },
        PlacementState.ACCEPTED: {
            PlacementState.APPROVED: {Role.BANK},
            PlacementState.LENT: {Role.BANK},
            PlacementState.REFUSED: {Role.BANK},
            PlacementState.WITHDRAWN: set(),
        },
        PlacementState.APPROVED: {
            PlacementState.LENT: {Role.BANK},
            PlacementState.REFUSED: {Role.BANK},
            PlacementState.WITHDRAWN: set(),
        },
        PlacementState.LENT: {PlacementState.REPAID: {Role.BANK}},
        # A project that lapsed and was admitted anew goes once more to those who had not begun with it.
        PlacementState.WITHDRAWN: {PlacementState.PUSHED: set()},
    },
)
EDITABLE = frozenset({ProjectState.DRAFT, ProjectState.RETURNED, ProjectState.LAPSED})
