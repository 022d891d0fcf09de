"""Who may move calls, applications, expert reviews, centres and their yearly checks."""

from patents.enums.cultivation import ApplicationState, CallState, CentreState, CheckState, ReviewState
from portal.accounts.enums import Role
from portal.flow import Flow

_PROVINCE = {Role.PROVINCE}
# A service body registers as a firm.
_APPLICANTS = {Role.HOLDER, Role.SME}

CALL_FLOW = Flow(
    dict(CallState.choices),
    {CallState.DRAFT: {CallState.PUBLISHED: _PROVINCE}, CallState.PUBLISHED: {CallState.CLOSED: _PROVINCE}},
)
APPLICATION_FLOW = Flow(
    dict(ApplicationState.choices),
    {
        ApplicationState.DRAFT: {
            ApplicationState.SUBMITTED: _APPLICANTS,
            ApplicationState.WITHDRAWN: _APPLICANTS,
        },
        ApplicationState.RETURNED: {
            ApplicationState.SUBMITTED: _APPLICANTS,
            ApplicationState.WITHDRAWN: _APPLICANTS,
        },
        ApplicationState.SUBMITTED: {
            ApplicationState.IN_REVIEW: _PROVINCE,
            ApplicationState.RETURNED: _PROVINCE,
            ApplicationState.NOT_RECOGNISED: _PROVINCE,
            ApplicationState.WITHDRAWN: _APPLICANTS,
        },
        ApplicationState.IN_REVIEW: {
            ApplicationState.RECOGNISED: _PROVINCE,
            ApplicationState.NOT_RECOGNISED: _PROVINCE,
        },
    },
)
REVIEW_FLOW = Flow(
    dict(ReviewState.choices),
    {ReviewState.ASSIGNED: {ReviewState.SCORED: _APPLICANTS, ReviewState.DECLINED: _APPLICANTS}},
)
CENTRE_FLOW = Flow(
    dict(CentreState.choices),
    # Renewal stays in the state and moves the end of validity.
    {CentreState.RECOGNISED: {CentreState.RECOGNISED: _PROVINCE, CentreState.REVOKED: _PROVINCE}},
)
CHECK_FLOW = Flow(
    dict(CheckState.choices),
    {
        CheckState.SUBMITTED: {
            CheckState.PASSED: _PROVINCE,
            CheckState.FAILED: _PROVINCE,
            CheckState.RETURNED: _PROVINCE,
        },
        CheckState.RETURNED: {CheckState.SUBMITTED: _APPLICANTS},
    },
)
