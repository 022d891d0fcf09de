"""Who may move an entry of the reform register."""

from patents.enums.reform import ReformState
from portal.accounts.enums import Role
from portal.flow import Flow

_HOLDER, _PROVINCE = {Role.HOLDER}, {Role.PROVINCE}

REFORM_FLOW = Flow(
    dict(ReformState.choices),
    {
        ReformState.DRAFT: {ReformState.SUBMITTED: _HOLDER},
        ReformState.RETURNED: {ReformState.SUBMITTED: _HOLDER},
        ReformState.SUBMITTED: {ReformState.CONFIRMED: _PROVINCE, ReformState.RETURNED: _PROVINCE},
        ReformState.CONFIRMED: {ReformState.ENDED: {Role.HOLDER, Role.PROVINCE}},
    },
)
