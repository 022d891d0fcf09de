"""Who may move an operating body and its reports."""

from patents.enums.bodies import ActivityState, BodyState
from portal.accounts.enums import Role
from portal.flow import Flow

_REPORTERS = {Role.HOLDER, Role.SME, Role.CITY}

BODY_FLOW = Flow(dict(BodyState.choices), {BodyState.LISTED: {BodyState.CLOSED: {Role.PROVINCE}}})
ACTIVITY_FLOW = Flow(
    dict(ActivityState.choices),
    {
        ActivityState.SUBMITTED: {
            ActivityState.CONFIRMED: {Role.PROVINCE},
            ActivityState.RETURNED: {Role.PROVINCE},
        },
        ActivityState.RETURNED: {ActivityState.SUBMITTED: _REPORTERS},
    },
)
