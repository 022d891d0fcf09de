"""Who may move an adoption and an evaluation. Evaluations are the institution's alone: no official moves them."""

from patents.enums.prefiling import AdoptionState, PrefilingState
from portal.accounts.enums import Role
from portal.flow import Flow

_INSTITUTION = {Role.HOLDER}

ADOPTION_FLOW = Flow(
    dict(AdoptionState.choices),
    {
        AdoptionState.SUBMITTED: {
            AdoptionState.CONFIRMED: {Role.PROVINCE},
            AdoptionState.RETURNED: {Role.PROVINCE},
        },
        AdoptionState.RETURNED: {AdoptionState.SUBMITTED: _INSTITUTION},
        AdoptionState.CONFIRMED: {AdoptionState.RETURNED: {Role.PROVINCE}},
    },
)
PREFILING_FLOW = Flow(
    dict(PrefilingState.choices),
    {
        PrefilingState.DISCLOSED: {PrefilingState.SCREENED: _INSTITUTION},
        # An invention that is not the institution's ends at the check of ownership.
        PrefilingState.SCREENED: {PrefilingState.SEARCHED: _INSTITUTION, PrefilingState.CLOSED: _INSTITUTION},
        PrefilingState.SEARCHED: {PrefilingState.SCORED: _INSTITUTION},
        PrefilingState.SCORED: {PrefilingState.ADVISED: _INSTITUTION},
        PrefilingState.ADVISED: {PrefilingState.DECIDED: _INSTITUTION},
        PrefilingState.DECIDED: {PrefilingState.OFFERED: _INSTITUTION, PrefilingState.CLOSED: _INSTITUTION},
        PrefilingState.OFFERED: {PrefilingState.CLOSED: _INSTITUTION},
    },
)
