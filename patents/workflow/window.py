"""Who may move a case of the registration window."""

from patents.enums.window import CaseState
from portal.accounts.enums import Role
from portal.flow import Flow

_APPLICANTS = {Role.SME, Role.HOLDER}
_WINDOW = {Role.CITY, Role.PROVINCE}

CASE_FLOW = Flow(
    dict(CaseState.choices),
    {
        CaseState.DRAFT: {CaseState.SUBMITTED: _APPLICANTS, CaseState.WITHDRAWN: _APPLICANTS},
        CaseState.SUBMITTED: {
            CaseState.ACCEPTED: _WINDOW,
            CaseState.CORRECTION: _WINDOW,
            CaseState.REFUSED: _WINDOW,
            CaseState.WITHDRAWN: _APPLICANTS,
        },
        CaseState.CORRECTION: {
            CaseState.SUBMITTED: _APPLICANTS,
            CaseState.WITHDRAWN: _APPLICANTS,
            CaseState.REFUSED: _WINDOW,
        },
        CaseState.ACCEPTED: {CaseState.HANDED_OVER: _WINDOW, CaseState.CORRECTION: _WINDOW},
        CaseState.HANDED_OVER: {
            CaseState.REGISTERED: _WINDOW,
            CaseState.CORRECTION: _WINDOW,
            CaseState.REFUSED: _WINDOW,
        },
    },
)
